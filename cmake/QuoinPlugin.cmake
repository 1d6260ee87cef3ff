# SPDX-License-Identifier: MIT
#
# quoin_add_plugin(<id>
#     VERSION 1.2.3                     three numbers
#     TITLE "What it is called"
#     [REQUIRES other.id>=1.2 ...]      plugins that must be there, and started before this one
#     [SETTINGS settings.json]          a JSON array of {"key", "type", "default", "help", ["choices", "least", "most", "secret"]}
#     SOURCES a.cpp a.h ...
#     [TESTS a_test.cpp ...]            one Qt Test program, linked with the plugin's objects (nothing is dlopened) and with
#                                       Quoin::TestHost, so that it can include <quoin/testhost.h>
#     [LIBRARIES ...])                  private libraries; link static ones where you can, the file is copied before it is loaded
#
# Makes the targets quoin_plugin_<id> (the file <id>.so) and quoin_plugin_<id>_objects (the same code, for tests), and the metadata
# <id>.json that the plugin's class names in Q_PLUGIN_METADATA(IID QUOIN_PLUGIN_IID FILE "<id>.json").
# The file goes to QUOIN_PLUGIN_OUTPUT_DIRECTORY if that is set, and is installed to QUOIN_PLUGIN_INSTALL_DIRECTORY if that is.

set(QUOIN_PLUGIN_CMAKE_DIR "${CMAKE_CURRENT_LIST_DIR}")

# What a plugin id looks like: lower-case words of letters, digits and '_', joined by dots. A file name, a settings group and a
# prefix of task names are made of it.
set(QUOIN_PLUGIN_ID_PATTERN "[a-z][a-z0-9_]*(\\.[a-z][a-z0-9_]*)*")

function(quoin_add_plugin id)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "VERSION;TITLE;SETTINGS" "SOURCES;REQUIRES;TESTS;LIBRARIES")
    _quoin_check_plugin_arguments()
    set(generated "${CMAKE_CURRENT_BINARY_DIR}/quoin_plugin_${id}")
    _quoin_write_plugin_metadata("${generated}/${id}.json")

    set(objects quoin_plugin_${id}_objects)
    add_library(${objects} OBJECT ${arg_SOURCES} "${QUOIN_PLUGIN_CMAKE_DIR}/quoinabinote.cpp")
    target_include_directories(${objects} PUBLIC "${CMAKE_CURRENT_SOURCE_DIR}" PRIVATE "${generated}")
    target_link_libraries(${objects} PUBLIC Quoin::Sdk ${arg_LIBRARIES})
    target_compile_definitions(${objects} PRIVATE QT_PLUGIN)
    # Hidden symbols and no STB_GNU_UNIQUE ones: two plugins, or two versions of one, must not share each other's statics.
    set_target_properties(${objects} PROPERTIES
        AUTOMOC ON
        POSITION_INDEPENDENT_CODE ON
        CXX_VISIBILITY_PRESET hidden
        VISIBILITY_INLINES_HIDDEN ON)
    target_compile_options(${objects} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-fno-gnu-unique>)

    add_library(quoin_plugin_${id} MODULE)
    target_link_libraries(quoin_plugin_${id} PRIVATE ${objects})
    _quoin_set_plugin_link_options(quoin_plugin_${id})
    set_target_properties(quoin_plugin_${id} PROPERTIES AUTOMOC OFF PREFIX "" SUFFIX ".so" OUTPUT_NAME "${id}")
    if(QUOIN_PLUGIN_OUTPUT_DIRECTORY)
        set_target_properties(quoin_plugin_${id} PROPERTIES LIBRARY_OUTPUT_DIRECTORY "${QUOIN_PLUGIN_OUTPUT_DIRECTORY}")
    endif()

    if(QUOIN_PLUGIN_INSTALL_DIRECTORY)
        install(TARGETS quoin_plugin_${id} LIBRARY DESTINATION "${QUOIN_PLUGIN_INSTALL_DIRECTORY}" COMPONENT runtime)
    endif()

    if(arg_TESTS AND (QUOIN_TESTS OR NOT DEFINED QUOIN_TESTS))
        find_package(Qt6 6.4 REQUIRED COMPONENTS Test)
        add_executable(quoin_plugin_${id}_test ${arg_TESTS})
        set_target_properties(quoin_plugin_${id}_test PROPERTIES AUTOMOC ON)
        target_link_libraries(quoin_plugin_${id}_test PRIVATE ${objects} Qt6::Test)
        target_compile_definitions(quoin_plugin_${id}_test PRIVATE QUOIN_PLUGIN_METADATA="${generated}/${id}.json")
        if(TARGET Quoin::TestHost)
            target_link_libraries(quoin_plugin_${id}_test PRIVATE Quoin::TestHost)
        endif()
        add_test(NAME plugin_${id} COMMAND quoin_plugin_${id}_test)
        set_tests_properties(plugin_${id} PROPERTIES TIMEOUT 120)
    endif()
endfunction()

function(_quoin_set_plugin_link_options target)
    set(script "${QUOIN_PLUGIN_CMAKE_DIR}/quoinplugin.map")
    # Two exports and no more; static libraries stay private (the host's same-named symbols would answer otherwise); everything is
    # bound when the file is loaded, so that a missing symbol refuses the plugin instead of ending the process at its first call;
    # never unmapped; only libraries it uses are needed (Qt6::Gui brings OpenGL along). No -Bsymbolic: it breaks address identity
    # in C++ and the version script makes it needless.
    target_link_options(${target} PRIVATE
        "LINKER:--version-script=${script}" "LINKER:--exclude-libs,ALL" "LINKER:--as-needed"
        "LINKER:-z,now" "LINKER:-z,relro" "LINKER:-z,nodelete" "LINKER:-z,noexecstack")
    # Under a sanitizer its runtime is in the host's program, so that a plugin has undefined symbols by design.
    get_directory_property(options COMPILE_OPTIONS)
    if(NOT "${options} ${CMAKE_CXX_FLAGS}" MATCHES "-fsanitize=")
        target_link_options(${target} PRIVATE "LINKER:-z,defs")
    endif()
    # The file is copied before it is loaded: a path beside it would point into the copy's folder.
    set_target_properties(${target} PROPERTIES SKIP_BUILD_RPATH ON INSTALL_RPATH "" LINK_DEPENDS "${script}")
endfunction()

# Stops the configuration with the place and the remedy; reads id and arg_* of the caller.
macro(_quoin_check_plugin_arguments)
    if(arg_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "quoin_add_plugin(${id}): unknown argument '${arg_UNPARSED_ARGUMENTS}'")
    endif()
    foreach(needed VERSION TITLE SOURCES)
        if(NOT arg_${needed})
            message(FATAL_ERROR "quoin_add_plugin(${id}): ${needed} is missing")
        endif()
    endforeach()
    if(NOT "${id}" MATCHES "^${QUOIN_PLUGIN_ID_PATTERN}$")
        message(FATAL_ERROR "quoin_add_plugin(${id}): an id is lower-case words joined by dots, such as org.acme.orders")
    endif()
    if(NOT arg_VERSION MATCHES "^(0|[1-9][0-9]*)\\.(0|[1-9][0-9]*)\\.(0|[1-9][0-9]*)$")
        message(FATAL_ERROR "quoin_add_plugin(${id}): VERSION '${arg_VERSION}' must be three numbers such as 1.2.3")
    endif()
endmacro()

function(_quoin_json_string text out)
    string(REPLACE "\\" "\\\\" text "${text}")
    string(REPLACE "\"" "\\\"" text "${text}")
    set(${out} "\"${text}\"" PARENT_SCOPE)
endfunction()

# The SDK's minor version as plugin.h says it: one place to change.
function(_quoin_read_sdk_minor out)
    foreach(folder IN ITEMS "${QUOIN_PLUGIN_CMAKE_DIR}/../sdk/include" ${QUOIN_SDK_INCLUDE_DIR})
        if(EXISTS "${folder}/quoin/plugin.h")
            file(STRINGS "${folder}/quoin/plugin.h" line REGEX "^#define QUOIN_SDK_MINOR [0-9]+$")
            string(REGEX REPLACE "^#define QUOIN_SDK_MINOR " "" minor "${line}")
            set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${folder}/quoin/plugin.h")
            set(${out} "${minor}" PARENT_SCOPE)
            return()
        endif()
    endforeach()
    message(FATAL_ERROR "quoin_add_plugin: cannot find quoin/plugin.h; set QUOIN_SDK_INCLUDE_DIR to the folder that holds quoin/")
endfunction()

function(_quoin_write_plugin_metadata file)
    _quoin_read_sdk_minor(minor)
    _quoin_json_string("${arg_TITLE}" title)
    set(requires "")
    foreach(requirement IN LISTS arg_REQUIRES)
        if(NOT requirement MATCHES "^(${QUOIN_PLUGIN_ID_PATTERN})>=([0-9]+(\\.[0-9]+)?(\\.[0-9]+)?)$")
            message(FATAL_ERROR "quoin_add_plugin(${id}): REQUIRES '${requirement}' must be like org.acme.stock>=1.4")
        endif()
        list(APPEND requires "{\"id\": \"${CMAKE_MATCH_1}\", \"atLeast\": \"${CMAKE_MATCH_3}\"}")
    endforeach()
    list(JOIN requires ", " requires)
    set(settings "[]")
    if(arg_SETTINGS)
        get_filename_component(schema "${arg_SETTINGS}" ABSOLUTE)
        _quoin_read_settings_schema("${schema}" settings)
    endif()
    file(CONFIGURE OUTPUT "${file}" @ONLY NEWLINE_STYLE UNIX CONTENT
"{
    \"id\": \"@id@\",
    \"version\": \"@arg_VERSION@\",
    \"title\": @title@,
    \"sdk\": @minor@,
    \"requires\": [@requires@],
    \"settings\": @settings@
}
")
endfunction()

# Reads and checks the schema at configure time; the host checks it again when it meets the file.
function(_quoin_read_settings_schema schema out)
    if(NOT EXISTS "${schema}")
        message(FATAL_ERROR "quoin_add_plugin(${id}): there is no SETTINGS file ${schema}")
    endif()
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${schema}")
    file(READ "${schema}" text)
    string(JSON count ERROR_VARIABLE fault LENGTH "${text}")
    if(fault OR NOT text MATCHES "^[ \t\r\n]*\\[")
        message(FATAL_ERROR "quoin_add_plugin(${id}): ${schema} is not a JSON array: ${fault}")
    endif()
    if(count GREATER 0)
        math(EXPR last "${count} - 1")
        foreach(index RANGE ${last})
            foreach(member key type default help)
                string(JSON kind ERROR_VARIABLE fault TYPE "${text}" ${index} ${member})
                if(NOT kind STREQUAL "STRING")
                    message(FATAL_ERROR "quoin_add_plugin(${id}): setting ${index} in ${schema} needs the text \"${member}\"")
                endif()
            endforeach()
        endforeach()
    endif()
    string(STRIP "${text}" text)
    set(${out} "${text}" PARENT_SCOPE)
endfunction()
