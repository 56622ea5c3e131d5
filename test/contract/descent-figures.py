"""What PyTorch makes of a small training, in double precision: figures for every backend and the schedules to be held to.

    /usr/bin/python3 test/contract/descent-figures.py > test/contract/descent-figures.json && npx biome check --write test/contract

One dense layer, three inputs, two classes, one batch. RMSProp is TensorFlow's, which PyTorch lacks: epsilon under the root,
mean squares from 1, the rate inside the momentum; it is written out below.
"""

import json

import torch
from torch.nn.utils import clip_grad_norm_, clip_grad_value_
from torch.optim import SGD, Adam, AdamW, lr_scheduler

torch.set_default_dtype(torch.float64)

IMAGES = [[0.5, -1, 2], [1.5, 0.25, -0.75], [-0.5, 1, 1]]
LABELS = [0, 1, 1]
WEIGHT = [[0.1, -0.2], [0.3, 0.4], [-0.5, 0.25]]  # [inputs, classes]
BIAS = [0.05, -0.1]
RATES = [0.5, 0.25, 0.5, 0.1]
DECAY = 0.03
EMA = 0.75


class RmsPropTf:
    def __init__(self, groups, decay, momentum, epsilon):
        self.groups, self.decay, self.momentum, self.epsilon = groups, decay, momentum, epsilon
        self.param_groups = groups
        self.state = {id(p): (torch.ones_like(p), torch.zeros_like(p)) for g in groups for p in g["params"]}

    def step(self):
        for group in self.groups:
            for p in group["params"]:
                square, velocity = self.state[id(p)]
                g = p.grad + group["weight_decay"] * p.data
                square = self.decay * square + (1 - self.decay) * g * g
                velocity = self.momentum * velocity + group["lr"] * g / torch.sqrt(square + self.epsilon)
                self.state[id(p)] = (square, velocity)
                p.data -= velocity


def optimiser_of(spec, groups):
    kind = spec["kind"]
    if kind == "sgd":
        return SGD(groups, lr=1, momentum=spec["momentum"], nesterov=spec["nesterov"])
    if kind == "rmsprop":
        return RmsPropTf(groups, spec["decay"], spec["momentum"], spec["epsilon"])
    make = AdamW if spec["decoupled"] else Adam
    return make(groups, lr=1, betas=(spec["beta1"], spec["beta2"]), eps=spec["epsilon"])


def clip(parameters, by, limit):
    if by == "value":
        clip_grad_value_(parameters, limit)
    if by == "norm":
        for one in parameters:
            clip_grad_norm_([one], limit)
    if by == "global-norm":
        clip_grad_norm_(parameters, limit)


def train(spec, by, limit, smoothing):
    weight = torch.tensor(WEIGHT, requires_grad=True)
    bias = torch.tensor(BIAS, requires_grad=True)
    groups = [{"params": [weight], "weight_decay": DECAY}, {"params": [bias], "weight_decay": 0}]
    optimiser = optimiser_of(spec, groups)
    loss_of = torch.nn.CrossEntropyLoss(label_smoothing=smoothing)
    average = [weight.detach().clone(), bias.detach().clone()]
    steps = []
    for rate in RATES:
        for group in optimiser.param_groups:
            group["lr"] = rate
        weight.grad = bias.grad = None
        loss = loss_of(torch.tensor(IMAGES) @ weight + bias, torch.tensor(LABELS))
        loss.backward()
        clip([weight, bias], by, limit)
        optimiser.step()
        average = [EMA * old + (1 - EMA) * now.detach() for old, now in zip(average, [weight, bias])]
        flat = lambda tensor: [round(value, 12) for value in tensor.flatten().tolist()]
        steps.append({
            "loss": round(loss.item(), 12),
            "weight": flat(weight),
            "bias": flat(bias),
            "ema:weight": flat(average[0]),
            "ema:bias": flat(average[1]),
        })
    return steps


ADAM = {"kind": "adam", "beta1": 0.9, "beta2": 0.99, "epsilon": 1e-3}
DESCENTS = [
    ("SGD", {"kind": "sgd", "momentum": 0, "nesterov": False}, None, 0),
    ("SGD with momentum, clipped by value", {"kind": "sgd", "momentum": 0.9, "nesterov": False}, "value", 0),
    ("SGD with Nesterov momentum, clipped by norm", {"kind": "sgd", "momentum": 0.9, "nesterov": True}, "norm", 0),
    ("SGD, clipped by global norm, smoothed labels", {"kind": "sgd", "momentum": 0, "nesterov": False}, "global-norm", 0.1),
    ("RMSProp", {"kind": "rmsprop", "decay": 0.9, "momentum": 0, "epsilon": 1e-3}, None, 0),
    ("RMSProp with momentum, clipped by global norm", {"kind": "rmsprop", "decay": 0.9, "momentum": 0.9, "epsilon": 1}, "global-norm", 0),
    ("Adam", {**ADAM, "decoupled": False}, None, 0),
    ("AdamW, clipped by norm", {**ADAM, "decoupled": True}, "norm", 0),
    ("AdamW, clipped by value", {**ADAM, "decoupled": True}, "value", 0),
]


def rates(make, steps):
    optimiser = SGD([torch.zeros(1, requires_grad=True)], lr=0.4)
    scheduler = make(optimiser)
    found = []
    for _ in range(steps):
        found.append(round(optimiser.param_groups[0]["lr"], 12))
        optimiser.step()
        scheduler.step()
    return found


def warm(optimiser, then):
    first = lr_scheduler.LinearLR(optimiser, start_factor=0.25, total_iters=4)
    return lr_scheduler.SequentialLR(optimiser, [first, then], milestones=[4])


SCHEDULES = [
    ({"kind": "step", "rate": 0.4, "every": 3, "factor": 0.5}, 10, lambda o: lr_scheduler.StepLR(o, 3, 0.5)),
    ({"kind": "exponential", "rate": 0.4, "every": 4, "factor": 0.5}, 10, lambda o: lr_scheduler.ExponentialLR(o, 0.5**0.25)),
    ({"kind": "cosine", "rate": 0.4, "floor": 0.01}, 12, lambda o: lr_scheduler.CosineAnnealingLR(o, 12, 0.01)),
    (
        {"kind": "cosine-restarts", "rate": 0.4, "floor": 0.01, "period": 5, "multiplier": 1},
        16,
        lambda o: lr_scheduler.CosineAnnealingWarmRestarts(o, 5, 1, 0.01),
    ),
    (
        {"kind": "cosine-restarts", "rate": 0.4, "floor": 0.01, "period": 3, "multiplier": 2},
        24,
        lambda o: lr_scheduler.CosineAnnealingWarmRestarts(o, 3, 2, 0.01),
    ),
    (
        {"kind": "step", "rate": 0.4, "every": 3, "factor": 0.5, "warmup": 4, "from": 0.1},
        12,
        lambda o: warm(o, lr_scheduler.StepLR(o, 3, 0.5)),
    ),
]

print(json.dumps({
    "images": IMAGES,
    "labels": LABELS,
    "weight": WEIGHT,
    "bias": BIAS,
    "rates": RATES,
    "weightDecay": DECAY,
    "emaDecay": EMA,
    "clipNorm": 0.2,
    "descents": [
        {
            "name": name,
            "optimiser": spec,
            **({"clipBy": by} if by else {}),
            "labelSmoothing": smoothing,
            "steps": train(spec, by, 0.2, smoothing),
        }
        for name, spec, by, smoothing in DESCENTS
    ],
    "schedules": [
        {"schedule": schedule, "rates": rates(make, steps)} for schedule, steps, make in SCHEDULES
    ],
}))
