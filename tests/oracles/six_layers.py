"""Six layers of current-based neurons learn 5,000 MNIST images, in PyTorch and in nothing else: what docs/results.md compares `stereospike init-study` with.

    python3 six_layers.py FOLDER_OF_MNIST [global|per]...

`global` draws all layers for the input's rate, `per` each for the rate that reaches it. `stork` lets a spike move the current in the next step, as stork and CubaLif do; `same-step` in the same one.
Prints start, order, seed, accuracy on 2,000 test images in %, and firing rates of the layers before learning in Hz. Made with PyTorch 1.13; some minutes a line.
"""
import gzip
import os
import sys

import numpy as np
import torch

STEPS, DT, CLASSES, LAYERS, WIDTH = 40, 1e-3, 10, 6, 128
MEMBRANE, SYNAPSE, READOUT = (float(np.exp(-1 / tau)) for tau in (10, 5, STEPS))   # what a step leaves
n = np.arange(2000)
KERNEL_SQUARED = (((1 - MEMBRANE) * (MEMBRANE**n - SYNAPSE**n) / (MEMBRANE - SYNAPSE)) ** 2).sum() * DT


def read(folder, part, kind, header, count):
    name = next(name for name in os.listdir(folder) if f"{part}-{kind}" in name)
    return np.frombuffer(gzip.open(os.path.join(folder, name)).read()[header:], np.uint8)[:count * (784 if kind == "images" else 1)].astype(int)


def latencies(folder, part, count):
    """Each pixel above 20 fires once within the first 24 steps, bright ones first. Shape [steps, images, 784]."""
    images = read(folder, part, "images", 16, count).reshape(-1, 784)
    at = np.floor((255 - images) / 255 * 0.6 * STEPS).astype(int)
    return torch.from_numpy(np.stack([((images > 20) & (at == step)).astype(np.float32) for step in range(STEPS)]))


class SuperSpike(torch.autograd.Function):
    @staticmethod
    def forward(context, x):
        context.save_for_backward(x)
        return (x > 0).float()

    @staticmethod
    def backward(context, gradient):
        x, = context.saved_tensors
        return gradient / (20 * x.abs() + 1) ** 2


def neurons(sums, stork, fires):
    """A layer over all steps: spikes, or with fires=False the potentials of a readout."""
    potential = torch.zeros_like(sums[0])
    current = torch.zeros_like(potential)
    out = []
    for step in range(STEPS):
        if not stork:
            current = SYNAPSE * current + sums[step]
        if fires:
            spikes = SuperSpike.apply(potential - 1)
            out.append(spikes)
            potential = (MEMBRANE * potential + (1 - MEMBRANE) * current) * (1 - spikes.detach())
        else:
            potential = READOUT * potential + (1 - READOUT) * current
            out.append(potential)
        if stork:
            current = SYNAPSE * current + sums[step]
    return torch.stack(out)


def forward(weights, x, stork):
    rates = []
    for weight in weights[:-1]:
        x = neurons(x @ weight, stork, fires=True)
        rates.append(round(x.mean().item() / DT))
    return neurons(x @ weights[-1], stork, fires=False).max(0)[0], rates


def draw(start, stork, inputs, generator):
    """Potentials of deviation 1 around 0: Rossbroich, Gygax, Zenke, arXiv:2206.10226."""
    weights, x = [], inputs[:, :256]
    for _ in range(LAYERS):
        rate = inputs.mean().item() / DT if start == "global" else max(x.mean().item() / DT, 0.1)
        weights.append(torch.randn(x.shape[2], WIDTH, generator=generator) / np.sqrt(x.shape[2] * rate * KERNEL_SQUARED))
        with torch.no_grad():
            x = neurons(x @ weights[-1], stork, fires=True)
    return [weight.requires_grad_() for weight in (*weights, torch.randn(WIDTH, CLASSES, generator=generator) / np.sqrt(WIDTH))]


def run(start, stork, seed, training, test):
    (images, labels), generator = training, torch.Generator().manual_seed(seed)
    weights = draw(start, stork, images, generator)
    optimizer = torch.optim.Adam(weights, lr=5e-3)
    with torch.no_grad():
        rates = forward(weights, images[:, :500], stork)[1]
    for _ in range(6):
        for batch in torch.randperm(len(labels), generator=generator).split(100):
            loss = torch.nn.functional.cross_entropy(forward(weights, images[:, batch], stork)[0], labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    with torch.no_grad():
        right = sum((forward(weights, x, stork)[0].argmax(1) == y).sum().item() for x, y in zip(test[0].split(500, dim=1), test[1].split(500)))
    print(start, "stork" if stork else "same-step", seed, round(100 * right / len(test[1]), 2), rates, flush=True)


if __name__ == "__main__":
    torch.set_num_threads(1)
    folder = sys.argv[1]
    training = latencies(folder, "train", 5000), torch.tensor(read(folder, "train", "labels", 8, 5000))
    test = latencies(folder, "t10k", 2000), torch.tensor(read(folder, "t10k", "labels", 8, 2000))
    for start in sys.argv[2:] or ["global", "per"]:
        for stork in (True, False):
            for seed in (1, 2, 3):
                run(start, stork, seed, training, test)
