# SPDX-License-Identifier: GPL-3.0-only
# What quoin_add_plugin() refuses, and how it says so: cmake -DFOLDER=... -P quoinplugin.cmake. The refusals come before any target is
# made, so that script mode is enough.
cmake_minimum_required(VERSION 3.25)

function(expect_refusal name message)
    set(script "${FOLDER}/${name}.cmake")
    file(WRITE "${script}" "include(\"${CMAKE_CURRENT_LIST_DIR}/../../cmake/QuoinPlugin.cmake\")\nquoin_add_plugin(${ARGN})\n")
    execute_process(COMMAND "${CMAKE_COMMAND}" -P "${script}" WORKING_DIRECTORY "${FOLDER}"
        RESULT_VARIABLE result ERROR_VARIABLE output OUTPUT_QUIET)
    string(REGEX REPLACE "[ \n]+" " " output "${output}")
    string(FIND "${output}" "${message}" found)
    if(result EQUAL 0 OR found EQUAL -1)
        message(SEND_ERROR "${name}: expected \"${message}\", got: ${output}")
    endif()
endfunction()

set(rest "VERSION 1.0.0 TITLE T SOURCES a.cpp")
expect_refusal(no_version "quoin_add_plugin(orders): VERSION is missing" "orders TITLE T SOURCES a.cpp")
expect_refusal(no_title "quoin_add_plugin(orders): TITLE is missing" "orders VERSION 1.0.0 SOURCES a.cpp")
expect_refusal(no_sources "quoin_add_plugin(orders): SOURCES is missing" "orders VERSION 1.0.0 TITLE T")
expect_refusal(upper_case "an id is lower-case words joined by dots" "Orders ${rest}")
expect_refusal(dash "an id is lower-case words joined by dots" "org.acme-orders ${rest}")
expect_refusal(short_version "VERSION '1.0' must be three numbers" "orders VERSION 1.0 TITLE T SOURCES a.cpp")
expect_refusal(leading_zero "VERSION '1.01.0' must be three numbers" "orders VERSION 1.01.0 TITLE T SOURCES a.cpp")
expect_refusal(requirement "REQUIRES 'stock' must be like org.acme.stock>=1.4" "orders ${rest} REQUIRES stock")
expect_refusal(no_settings_file "there is no SETTINGS file" "orders ${rest} SETTINGS none.json")
expect_refusal(unknown "unknown argument 'DEPENDS;stock'" "orders DEPENDS stock ${rest}")
file(WRITE "${FOLDER}/object.json" "{\"key\": \"a\"}")
expect_refusal(settings_object "is not a JSON array" "orders ${rest} SETTINGS ${FOLDER}/object.json")
file(WRITE "${FOLDER}/broken.json" "[{\"key\": ")
expect_refusal(settings_broken "is not a JSON array" "orders ${rest} SETTINGS ${FOLDER}/broken.json")
file(WRITE "${FOLDER}/nohelp.json" "[{\"key\": \"a\", \"type\": \"string\", \"default\": \"\"}]")
expect_refusal(settings_help "setting 0 in" "orders ${rest} SETTINGS ${FOLDER}/nohelp.json")
