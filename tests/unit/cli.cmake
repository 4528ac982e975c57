set(cli ${PROJECT_SOURCE_DIR}/core/cli)
astro_test(test_options test_options.c
  ${cli}/options.c ${cli}/spelling.c ${cli}/token.c)
astro_test(test_json_out test_json_out.c ${cli}/output.c)
foreach(module options json_out)
  target_include_directories(test_${module} PRIVATE ${cli})
  target_link_libraries(test_${module} PRIVATE astro_base)
endforeach()
# The engine is the test's own.
astro_test(test_access test_access.c config_home.c ${cli}/access.c
  ${cli}/api_token.c ${cli}/files.c ${cli}/stored.c ${cli}/token.c)
target_include_directories(test_access PRIVATE
  ${cli} ${PROJECT_SOURCE_DIR}/core/engine)
target_compile_definitions(test_access PRIVATE
  TEST_DATA="${CMAKE_CURRENT_SOURCE_DIR}/data"
  TEST_CONFIGS="${PROJECT_SOURCE_DIR}/configs")
target_link_libraries(test_access PRIVATE astro_base)

# What is handed to kubectl, git and docker.
set(credential ${cli}/credential)
astro_test(test_json_in test_json_in.c ${cli}/json_in.c)
target_link_libraries(test_json_in PRIVATE PkgConfig::jansson)
foreach(module json_in)
  target_sources(test_${module} PRIVATE config_home.c)
  target_include_directories(test_${module} PRIVATE ${cli} ${credential})
  target_link_libraries(test_${module} PRIVATE astro_base)
endforeach()
