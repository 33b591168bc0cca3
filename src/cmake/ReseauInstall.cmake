# What `cmake --install` puts down: the shared library, its headers, the program, a CMake package
# (find_package(reseau), targets reseau::reseau and, with the program, reseau::evaluate) and a pkg-config file (reseau.pc).

include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/reseau)

install(TARGETS reseau EXPORT reseau LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(TARGETS reseau_decoder RUNTIME DESTINATION ${CMAKE_INSTALL_LIBDIR}/reseau)
if(RESEAU_VIDEO)
  install(TARGETS reseau_video_decoder RUNTIME DESTINATION ${CMAKE_INSTALL_LIBDIR}/reseau)
endif()
if(TARGET reseau_evaluate)
  install(TARGETS reseau_evaluate EXPORT reseau LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
endif()
if(RESEAU_PROGRAM)
  file(RELATIVE_PATH from_bin_to_lib /${CMAKE_INSTALL_BINDIR} /${CMAKE_INSTALL_LIBDIR})
  set_target_properties(reseau_program PROPERTIES INSTALL_RPATH $ORIGIN/${from_bin_to_lib})
  install(TARGETS reseau_program RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/reseau DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT reseau NAMESPACE reseau:: FILE reseauConfig.cmake DESTINATION ${package_dir})

write_basic_package_version_file(${PROJECT_BINARY_DIR}/reseauConfigVersion.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/reseauConfigVersion.cmake DESTINATION ${package_dir})

configure_file(${CMAKE_CURRENT_LIST_DIR}/reseau.pc.in ${PROJECT_BINARY_DIR}/reseau.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/reseau.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
