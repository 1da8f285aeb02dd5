namespace StereoSpike.Hardware;

/// <summary>The chips that are known by name. No figure of ours was measured on any of them.</summary>
public static class ChipProfiles
{
    /// <summary>All, in the order of their names.</summary>
    public static IReadOnlyList<ChipProfile> All { get; } =
    [
        new()
        {
            Name = "akida",
            Source = "BrainChip Akida 2.0, from its model-zoo documentation: convolutions of 1 to 7 px with stride 1 or 2, at most 2048 channels and 4096 px a side, weights of 4 or 8 bits, upsampling only as a transposed convolution, which is another layer. Memory is laid out by its compiler and not checked.",
            Cores = [new CoreKind(80, null, null)],
            KernelSide = 7,
            Strides = [1, 2],
            InputSide = 4096,
            OutputSide = 4096,
            Channels = 2048,
            PayloadBits = 4,
        },
        new()
        {
            Name = "generic",
            Source = "A many-core machine of our own making: 1024 cores of 8192 neurons and 64 Ki weights each, spikes with a 16-bit payload, routing tables that may send an event to several pixels.",
            Cores = [new CoreKind(1024, 8192, 65536)],
            PayloadBits = 16,
            MembraneBits = 24,
            Upsampling = true,
            Destinations = 8,
        },
        new()
        {
            Name = "loihi2",
            Source = "Intel Loihi 2, from Intel's technology brief and lava's sources: 128 cores of at most 8192 neurons, 1 million in all, graded spikes of up to 32 bits. Its synaptic memory is compressed by the compiler and not checked.",
            Cores = [new CoreKind(128, 8192, null)],
            Neurons = 1 << 20,
            PayloadBits = 32,
            MembraneBits = 24,
            Upsampling = true,
        },
        new()
        {
            Name = "speck",
            Source = "SynSense Speck 2e/2f, from sinabs's documentation and sources: nine DYNAP-CNN cores, one layer each; kernels of at most 16 px, stride 1, 2, 4 or 8, padding at most 7, sum pooling over 1, 2 or 4 px; inputs of at most 128 px, outputs of at most 64 px, at most 1024 channels; two destinations a core; memories in sinabs's powers of two.",
            Cores = [new CoreKind(3, 64 << 10, 16 << 10), new CoreKind(2, 32 << 10, 32 << 10), new CoreKind(2, 16 << 10, 64 << 10), new CoreKind(2, 16 << 10, 16 << 10)],
            OneLayerPerCore = true,
            PowerOfTwoAddresses = true,
            Destinations = 2,
            KernelSide = 16,
            Strides = [1, 2, 4, 8],
            PoolingSizes = [1, 2, 4],
            Padding = 7,
            InputSide = 128,
            OutputSide = 64,
            Channels = 1024,
        },
        new()
        {
            Name = "spinnaker2",
            Source = "SpiNNaker 2, from its publications: 152 processing elements, 19 MB of memory in all, weights of 8 bits. Neurons are software; here 128 KiB an element are counted as 64 Ki weights and 16 Ki neurons of 4 bytes.",
            Cores = [new CoreKind(152, 16 << 10, 64 << 10)],
            PayloadBits = 32,
            MembraneBits = 32,
            Upsampling = true,
        },
        new()
        {
            Name = "xylo",
            Source = "SynSense Xylo A2, from rockpool's documentation: 16 inputs, 1000 hidden neurons, fully connected, weights of 8 bits.",
            Cores = [new CoreKind(1, 1000, null)],
            Convolutions = false,
            Inputs = 16,
            Neurons = 1000,
            PayloadBits = 5,
        },
    ];

    /// <summary>A known chip by name, or a user's from a file.</summary>
    /// <param name="nameOrPath">Such as <c>speck</c> or <c>mychip.json</c>.</param>
    /// <exception cref="ArgumentException">It is neither.</exception>
    /// <exception cref="InvalidDataException">The file is no profile.</exception>
    public static ChipProfile Get(string nameOrPath) => All.FirstOrDefault(profile => profile.Name == nameOrPath)
        ?? (File.Exists(nameOrPath)
            ? ChipProfile.Load(nameOrPath)
            : throw new ArgumentException($"There is no chip profile {nameOrPath}; there are {string.Join(", ", All.Select(profile => profile.Name))}, or give a JSON file of your own."));
}
