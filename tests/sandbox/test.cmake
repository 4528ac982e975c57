# The sandbox's own test; included from tests/CMakeLists.txt, where
# astro_test() is defined.
astro_test(test_sandbox
  sandbox/client.c sandbox/fields.c sandbox/test_faults.c
  sandbox/test_oauth.c sandbox/test_sandbox.c sandbox/test_services.c
  sandbox/test_token.c)
target_include_directories(test_sandbox PRIVATE sandbox)
target_compile_definitions(test_sandbox
  PRIVATE ASTRO_SANDBOX="$<TARGET_FILE:astro-sandbox>")
target_link_libraries(test_sandbox
  PRIVATE astro_base PkgConfig::curl PkgConfig::jansson PkgConfig::cjose)
add_dependencies(test_sandbox astro-sandbox)
