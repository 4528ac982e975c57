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

astro_test(test_sandbox_op
  sandbox/client.c sandbox/fields.c sandbox/judge.c
  sandbox/jwk.c sandbox/jws.c sandbox/keys.c sandbox/op_cases.c
  sandbox/op_cases_answer.c sandbox/op_cases_claim.c
  sandbox/op_cases_device.c sandbox/op_cases_key.c
  sandbox/op_cases_metadata.c sandbox/op_cases_signature.c
  sandbox/op_cases_suite.c sandbox/party.c sandbox/person.c sandbox/proof.c
  sandbox/test_cases.c sandbox/test_device.c sandbox/test_forgeries.c sandbox/test_proofs.c
  sandbox/test_provider.c sandbox/test_provider_token.c
  sandbox/test_sandbox_op.c sandbox/verify.c)
target_include_directories(test_sandbox_op PRIVATE sandbox)
target_compile_definitions(test_sandbox_op
  PRIVATE ASTRO_SANDBOX="$<TARGET_FILE:astro-sandbox>")
target_link_libraries(test_sandbox_op
  PRIVATE astro_base PkgConfig::curl PkgConfig::jansson PkgConfig::crypto
    PkgConfig::cjose m)
add_dependencies(test_sandbox_op astro-sandbox)
