"""Runs a package's tests where pytest is not installed: unittest cases, and plain test functions with assert.

    python3 -m gen._tests            from the package's folder
"""

import glob
import importlib
import inspect
import os
import sys
import unittest


def collect(folder="nodes"):
    suite = unittest.TestSuite()
    files = sorted(set(glob.glob(folder + "/**/*_test.py", recursive=True) + glob.glob(folder + "/**/test_*.py", recursive=True)))
    for path in files:
        name = os.path.splitext(path)[0].replace(os.sep, ".")
        module = importlib.import_module(name)
        suite.addTests(unittest.defaultTestLoader.loadTestsFromModule(module))
        for title, thing in vars(module).items():
            if title.startswith("test") and inspect.isfunction(thing) and thing.__module__ == name:
                suite.addTest(unittest.FunctionTestCase(as_case(thing), description=f"{name}.{title}"))
    return suite


def as_case(function):
    needs = [p.name for p in inspect.signature(function).parameters.values() if p.default is p.empty]

    def case():
        if needs:
            raise AssertionError(f"the test takes {', '.join(needs)}: a pytest fixture, and pytest is not installed here")
        result = function()
        if inspect.isawaitable(result):
            import asyncio

            async def whole():
                await result

            asyncio.run(whole())

    return case


def main():
    sys.path.insert(0, os.getcwd())
    suite = collect()
    count = suite.countTestCases()
    if count == 0:
        print("no tests were found in nodes/")
        return 0
    outcome = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(suite)
    return 0 if outcome.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
