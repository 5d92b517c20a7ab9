# SPDX-License-Identifier: GPL-3.0-or-later

# kaifa_add_python_test(FILE): a test that runs FILE, a unittest script qa_*.py or a pytest file
# test_*.py, with the module in the build tree.
function(kaifa_add_python_test file)
    get_filename_component(name ${file} NAME_WE)
    set(command ${PYTHON_EXECUTABLE} ${file})
    if(name MATCHES "^test_")
        set(command ${PYTHON_EXECUTABLE} -m pytest -q -p no:cacheprovider ${file})
    endif()
    add_test(NAME ${name} COMMAND ${command})
    set_tests_properties(
        ${name}
        PROPERTIES
            TIMEOUT 300
            ENVIRONMENT
            "PYTHONPATH=${KAIFA_PYTHON_TREE};PATH=${KAIFA_BIN_TREE}:$ENV{PATH};GRC_BLOCKS_PATH=${PROJECT_SOURCE_DIR}/grc;KAIFA_PYTHON=${PYTHON_EXECUTABLE};PYTHONDONTWRITEBYTECODE=1;GR_CONF_CONTROLPORT_ON=False"
    )
endfunction()

# kaifa_add_python_tests(): all such files of the current directory.
function(kaifa_add_python_tests)
    file(GLOB files CONFIGURE_DEPENDS qa_*.py test_*.py)
    foreach(file IN LISTS files)
        kaifa_add_python_test(${file})
    endforeach()
endfunction()
