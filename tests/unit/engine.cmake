foreach(module elf_file elf_table loader host login object policy trace)
  astro_test(test_${module} test_${module}.c kit.c)
  target_compile_definitions(test_${module}
    PRIVATE TEST_PLUGINS="${PROJECT_BINARY_DIR}/tests/plugins")
  target_link_libraries(test_${module} PRIVATE astro_engine_objects)
  add_dependencies(test_${module} test_plugins)
endforeach()
# Of the conformance check.
set(check ${PROJECT_SOURCE_DIR}/core/check)
target_sources(test_object PRIVATE
  ${check}/findings.c ${check}/object.c ${check}/rules.c)
target_include_directories(test_object PRIVATE ${check})
astro_test(test_turn test_turn.c)
target_link_libraries(test_turn PRIVATE astro_engine_objects)
astro_test(test_journal test_journal.c config_home.c)
target_link_libraries(test_journal PRIVATE astro_engine_objects)
