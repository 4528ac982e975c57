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
astro_test(test_handoff test_handoff.c ${credential}/handoff.c
  ${credential}/host.c ${cli}/files.c ${cli}/token.c)
astro_test(test_git_request test_git_request.c
  ${credential}/git_request.c ${credential}/host.c)
astro_test(test_exec_info test_exec_info.c
  ${credential}/exec_info.c ${credential}/host.c ${cli}/json_in.c)
astro_test(test_docker_config test_docker_config.c
  ${credential}/docker_config.c ${cli}/json_in.c)
astro_test(test_tool test_tool.c ${credential}/tool.c)
foreach(module json_in handoff git_request exec_info docker_config tool)
  target_sources(test_${module} PRIVATE config_home.c)
  target_include_directories(test_${module} PRIVATE ${cli} ${credential})
  target_link_libraries(test_${module} PRIVATE astro_base)
endforeach()
