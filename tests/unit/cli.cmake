set(cli ${PROJECT_SOURCE_DIR}/core/cli)
astro_test(test_options test_options.c
  ${cli}/options.c ${cli}/spelling.c ${cli}/token.c)
astro_test(test_json_out test_json_out.c ${cli}/output.c)
foreach(module options json_out)
  target_include_directories(test_${module} PRIVATE ${cli})
  target_link_libraries(test_${module} PRIVATE astro_base)
endforeach()
