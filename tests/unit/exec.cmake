# Providers that are programs: real ones, of a few lines of sh.
foreach(module channel exec)
  astro_test(test_${module} test_${module}.c kit.c)
  # No library of the kit's is used here.
  target_compile_definitions(test_${module} PRIVATE TEST_PLUGINS="")
  target_link_libraries(test_${module} PRIVATE astro_engine_objects)
endforeach()
