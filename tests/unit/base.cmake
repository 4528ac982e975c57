foreach(module base base64 diagnosis environment json_edit program secret text)
  astro_test(test_${module} test_${module}.c)
  target_link_libraries(test_${module} PRIVATE astro_base)
endforeach()
