# Stores against the real thing: the keyring's module lies beside the tests as
# it lies beside the engine.
file(CREATE_LINK ${ASTRO_LIBRARY_DIR}/astro-keyring.so
  ${PROJECT_BINARY_DIR}/tests/astro-keyring.so SYMBOLIC)
pkg_check_modules(secret REQUIRED IMPORTED_TARGET libsecret-1)

foreach(module helper keyring)
  astro_test(test_${module} test_${module}.c ../support/desktop.c)
  target_include_directories(test_${module} PRIVATE ../support)
  target_link_libraries(test_${module}
    PRIVATE astro_engine_objects PkgConfig::secret)
  add_dependencies(test_${module} astro_keyring)
endforeach()
target_sources(test_keyring PRIVATE ../support/fake_secrets.c)

foreach(module record session)
  astro_test(test_${module} test_${module}.c)
  target_link_libraries(test_${module} PRIVATE astro_engine_objects)
endforeach()
