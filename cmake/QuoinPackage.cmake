# SPDX-License-Identifier: MIT
# Installs what a plugin author needs, as the component "sdk": headers, and find_package(Quoin 0.1) with quoin_add_plugin() and
# Quoin::TestHost. The package's version is the program's. Which programs load a plugin is decided by the minor version of the SDK it
# was built with, which is QUOIN_SDK_MINOR in the package as in plugin.h.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(folder "${CMAKE_INSTALL_LIBDIR}/cmake/Quoin")
_quoin_read_sdk_minor(QUOIN_SDK_MINOR)

set_target_properties(quoin_sdk PROPERTIES EXPORT_NAME Sdk)
target_include_directories(quoin_sdk INTERFACE "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>")
install(TARGETS quoin_sdk EXPORT QuoinTargets)
install(EXPORT QuoinTargets NAMESPACE Quoin:: DESTINATION "${folder}" COMPONENT sdk)
install(DIRECTORY "${PROJECT_SOURCE_DIR}/sdk/include/" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT sdk)

configure_package_config_file("${CMAKE_CURRENT_LIST_DIR}/QuoinConfig.cmake.in" "${PROJECT_BINARY_DIR}/QuoinConfig.cmake"
    INSTALL_DESTINATION "${folder}" PATH_VARS CMAKE_INSTALL_INCLUDEDIR)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/QuoinConfigVersion.cmake"
    VERSION "${PROJECT_VERSION}" COMPATIBILITY SameMajorVersion)
install(FILES
        "${PROJECT_BINARY_DIR}/QuoinConfig.cmake" "${PROJECT_BINARY_DIR}/QuoinConfigVersion.cmake"
        "${CMAKE_CURRENT_LIST_DIR}/QuoinPlugin.cmake" "${CMAKE_CURRENT_LIST_DIR}/quoinabinote.cpp"
        "${CMAKE_CURRENT_LIST_DIR}/quoinplugin.map"
    DESTINATION "${folder}" COMPONENT sdk)
