pkg_check_modules(ssl REQUIRED IMPORTED_TARGET libssl)

foreach(module abi credential http https jose json pattern pkce proof token
    url)
  astro_test(test_${module} test_${module}.c)
  target_link_libraries(test_${module} PRIVATE astro_engine_objects)
endforeach()
# A server that plays what it is told, with certificates made on the spot.
foreach(module http https)
  target_sources(test_${module} PRIVATE
    ../support/authority.c ../support/wire.c)
  target_include_directories(test_${module} PRIVATE ../support)
  target_link_libraries(test_${module} PRIVATE PkgConfig::ssl)
endforeach()
