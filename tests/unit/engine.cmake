foreach(module loader host login policy trace)
  astro_test(test_${module} test_${module}.c kit.c)
  target_compile_definitions(test_${module}
    PRIVATE TEST_PLUGINS="${PROJECT_BINARY_DIR}/tests/plugins")
  target_link_libraries(test_${module} PRIVATE astro_engine_objects)
  add_dependencies(test_${module} test_plugins)
endforeach()
astro_test(test_journal test_journal.c config_home.c)
target_link_libraries(test_journal PRIVATE astro_engine_objects)
