# The browser's leg of a login.
foreach(module authorize browser callback device drive flow page qr)
  astro_test(test_${module} test_${module}.c)
  target_link_libraries(test_${module} PRIVATE astro_engine_objects)
endforeach()
# A login waits on a terminal, against a token endpoint of the test's own.
target_sources(test_authorize PRIVATE answering.c)
target_link_libraries(test_authorize PRIVATE astro_test_support)
