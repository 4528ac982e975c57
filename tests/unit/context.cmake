foreach(module canonical change context domain edit file jwt lock paths stamp
    state yaml)
  astro_test(test_${module} test_${module}.c config_home.c)
  target_link_libraries(test_${module} PRIVATE astro_base)
  target_compile_definitions(test_${module} PRIVATE
    TEST_DATA="${CMAKE_CURRENT_SOURCE_DIR}/data"
    TEST_CONFIGS="${PROJECT_SOURCE_DIR}/configs")
endforeach()
# It counts how often libyaml is asked.
target_link_options(test_canonical PRIVATE
  -Wl,--wrap=yaml_parser_initialize)
