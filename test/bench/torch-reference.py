"""PyTorch as the reference of bench:train: reads one command a line, answers each with one line of JSON.

{"networks": [...], "batch": 64, "threads": 2}   networks as layer records; answers {"ready": true}
{"do": "train" | "evaluate", "network": 0}       one step; answers {"ms": ...}
{"do": "memory"}                                 answers {"mib": ...}, the peak of this process
"""

import json
import resource
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

ACTIVATIONS = {
    "relu": F.relu,
    "relu6": F.relu6,
    "h-swish": F.hardswish,
    "swish": F.silu,
    "sigmoid": torch.sigmoid,
    "hard-sigmoid": F.hardsigmoid,
    "tanh": torch.tanh,
}


class Squeeze(nn.Module):
    def __init__(self, channels, squeeze, gate):
        super().__init__()
        self.reduce = nn.Conv2d(channels, squeeze, 1)
        self.expand = nn.Conv2d(squeeze, channels, 1)
        self.gate = ACTIVATIONS[gate]

    def forward(self, x):
        return x * self.gate(self.expand(F.relu(self.reduce(F.adaptive_avg_pool2d(x, 1)))))


class Wrapped(nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, *inputs):
        return self.function(*inputs)


def module(layer, channels):
    op, out = layer["op"], layer["output"]["c"]
    if op in ("conv", "depthwise"):
        kernel = layer["kernel"]
        side = (kernel, kernel) if isinstance(kernel, int) else (kernel["h"], kernel["w"])
        groups = channels if op == "depthwise" else layer["groups"]
        padding = (side[0] // 2, side[1] // 2)
        return nn.Conv2d(channels, out, side, layer["stride"], padding, groups=groups, bias="bias" in layer)
    if op == "batch-norm":
        return nn.BatchNorm2d(out, eps=layer["epsilon"], momentum=1 - layer["decay"])
    if op == "activation":
        return Wrapped(ACTIVATIONS[layer["fn"]])
    if op == "squeeze-excite":
        return Squeeze(out, layer["squeeze"], layer["gate"])
    if op == "add":
        return Wrapped(lambda a, b: a + b)
    if op == "concat":
        return Wrapped(lambda *parts: torch.cat(parts, 1))
    if op == "pool":
        pool = nn.MaxPool2d if layer["fn"] == "max" else nn.AvgPool2d
        return pool(layer["kernel"], layer["stride"], layer["kernel"] // 2)
    if op == "subsample":
        return Wrapped(lambda x: x[:, :, ::2, ::2])
    if op == "global-pool":
        return Wrapped(lambda x: x.mean((2, 3), keepdim=True))
    if op == "dense":
        return nn.Conv2d(channels, out, 1, bias="bias" in layer)
    if op == "dropout":
        return nn.Dropout(layer["rate"])
    if op == "identity":
        return nn.Identity()
    raise ValueError(f"no PyTorch for {op}")


class Records(nn.Module):
    """A network of layer records."""

    def __init__(self, network):
        super().__init__()
        channels = {"input": network["input"]["c"]}
        self.steps = []
        for index, layer in enumerate(network["layers"]):
            made = module(layer, channels[layer["inputs"][0]])
            self.add_module(str(index), made)
            self.steps.append((layer["id"], layer["inputs"], made))
            channels[layer["id"]] = layer["output"]["c"]
        self.output = network["output"]

    def forward(self, x):
        tensors = {"input": x}
        for name, inputs, made in self.steps:
            tensors[name] = made(*[tensors[each] for each in inputs])
        return tensors[self.output].flatten(1)


def answer(**value):
    print(json.dumps(value), flush=True)


torch.manual_seed(0)
models, batches = [], None
for line in sys.stdin:
    asked = json.loads(line)
    if "networks" in asked:
        torch.set_num_threads(asked["threads"])
        models = []
        for network in asked["networks"]:
            model = Records(network).to(memory_format=torch.channels_last)
            shape = network["input"]
            x = torch.randn(asked["batch"], shape["c"], shape["h"], shape["w"])
            x = x.to(memory_format=torch.channels_last)
            y = torch.randint(0, 10, (asked["batch"],))
            models.append((model, torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9), x, y))
        answer(ready=True)
    elif asked["do"] == "memory":
        answer(mib=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    else:
        model, optimiser, x, y = models[asked["network"]]
        started = time.perf_counter()
        if asked["do"] == "train":
            model.train()
            optimiser.zero_grad(set_to_none=True)
            F.cross_entropy(model(x), y).backward()
            optimiser.step()
        else:
            model.eval()
            with torch.no_grad():
                model(x)
        answer(ms=(time.perf_counter() - started) * 1e3)
