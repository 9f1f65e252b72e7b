import argparse

from pruning_core.cli.hub_options import add_hub_options, hub_options


def test_the_arguments_are_those_of_from_pretrained():
    parser = argparse.ArgumentParser()
    add_hub_options(parser)
    given = hub_options(parser.parse_args(["--revision", "abc", "--local-files-only"]))
    assert given == {
        "revision": "abc",
        "cache_dir": None,
        "local_files_only": True,
        "subfolder": "",
        "variant": None,
    }
