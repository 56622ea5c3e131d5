"""Counts the images of each class of a train-split artifact (info.json, labels.u8: a byte an image)."""

import collections
import json
import os
import pathlib

images = pathlib.Path(os.environ["NASPIPE_INPUTS"], "images")
counts = pathlib.Path(os.environ["NASPIPE_OUTPUTS"], "counts", "value.json")

classes = json.loads((images / "info.json").read_text())["classes"]
found = collections.Counter((images / "labels.u8").read_bytes())
counts.write_text(json.dumps({name: found[index] for index, name in enumerate(classes)}))
print(f"counted {found.total()} images of {len(classes)} classes")
