# quoin_precompiled_headers(<name> [HIDDEN] [LIBRARIES ...] [FOLDERS ...] [HEADERS ...]): headers that are compiled once, for quoin_start_from()
# below. Most of the time that a source takes is Qt's headers: with them server/queue/batch.cpp takes g++ 12 2.8 s of CPU time, else 4.4; a test
# 2.7 instead of 5.0. They fit only what is compiled with the same options, and at least with the same definitions, so that there is one for each
# way, with only those LIBRARIES that all of its users have; -Winvalid-pch tells of what does not fit.
#   HIDDEN   for what goes into plugins: the options of quoin_add_plugin()
#   FOLDERS  libraries of which only the headers are wanted
function(quoin_precompiled_headers name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "HIDDEN" "" "LIBRARIES;HEADERS;FOLDERS")
    file(CONFIGURE OUTPUT "${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp" CONTENT "")
    add_library(${name} OBJECT "${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp")
    target_link_libraries(${name} PRIVATE quoin_warnings Qt6::Core ${arg_LIBRARIES})
    foreach(library IN LISTS arg_FOLDERS)
        target_include_directories(${name} SYSTEM PRIVATE $<TARGET_PROPERTY:${library},INTERFACE_INCLUDE_DIRECTORIES>)
    endforeach()
    set_target_properties(${name} PROPERTIES AUTOMOC OFF)
    if(arg_HIDDEN)
        set_target_properties(${name} PROPERTIES CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
        target_compile_options(${name} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-fno-gnu-unique>)
        target_compile_definitions(${name} PRIVATE QT_PLUGIN)
    endif()
    target_precompile_headers(${name} PRIVATE
        <QByteArray> <QHash> <QList> <QMap> <QObject> <QString> <QStringList> <QVariant>
        <chrono> <functional> <memory> <optional> <vector>
        ${arg_HEADERS})
endfunction()

# quoin_reuse_headers(<target> <name>): the target starts from them. They are compiled as code of a library is (-fPIC), and do not fit what is
# compiled as a program is (-fPIE), unless Qt asks for -fPIC by itself, as 6.4 does.
function(quoin_reuse_headers target name)
    target_precompile_headers(${target} REUSE_FROM ${name})
    target_compile_options(${target} PRIVATE -fPIC)
endfunction()

# quoin_start_from(<name> <folder> <type>...): the targets of these types, in that folder and in those below it, start from them.
function(quoin_start_from name folder)
    get_property(targets DIRECTORY "${folder}" PROPERTY BUILDSYSTEM_TARGETS)
    foreach(target IN LISTS targets)
        get_target_property(type ${target} TYPE)
        get_target_property(own ${target} PRECOMPILE_HEADERS)
        get_target_property(other ${target} PRECOMPILE_HEADERS_REUSE_FROM)
        if(type IN_LIST ARGN AND NOT own AND NOT other)
            quoin_reuse_headers(${target} ${name})
        endif()
    endforeach()
    get_property(below DIRECTORY "${folder}" PROPERTY SUBDIRECTORIES)
    foreach(subfolder IN LISTS below)
        quoin_start_from(${name} "${subfolder}" ${ARGN})
    endforeach()
endfunction()
