using System.Runtime.InteropServices;
using StereoSpike.Model;
using StereoSpike.Readout;
using TorchSharp;
using static TorchSharp.torch;

namespace StereoSpike.Hardware;

/// <summary>The network as it was trained, run by TorchSharp without gradients: the engine that the others are compared with.</summary>
public sealed class TorchEngine : IDepthEngine
{
    private readonly GraphModule _module;
    private readonly FiringRates _rates;
    private readonly Tensor _input;

    /// <summary>Builds the network and loads libtorch.</summary>
    /// <param name="weights">The network; its tensors are copied.</param>
    /// <param name="source">What messages call the weights' origin, such as their file.</param>
    /// <exception cref="InvalidDataException">The tensors are not that network's.</exception>
    /// <exception cref="DllNotFoundException">libtorch cannot be loaded.</exception>
    public TorchEngine(StereoSpikeWeights weights, string source = "weights")
    {
        ArgumentNullException.ThrowIfNull(weights);
        LibTorch.EnsureLoaded();   // before any module: already its base class calls libtorch
        Settings = weights.Settings;
        _module = new GraphModule(StereoSpikeNetwork.Build(Settings), weights.Tensors, source);
        _rates = new FiringRates(_module.Graph);
        _input = zeros(1, Settings.InputChannels, Settings.Height, Settings.Width).DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public string Name => "torch";

    /// <inheritdoc/>
    public StereoSpikeSettings Settings { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, double> FiringRates => _rates.ByLayer;

    /// <inheritdoc/>
    public double MeanFiringRate => _rates.Mean;

    /// <inheritdoc/>
    public void Run(SpikeFrame input, Span<float> potentials)
    {
        ArgumentNullException.ThrowIfNull(input);
        Guard.Length(potentials.Length, Settings.Sensor.Pixels, nameof(potentials));
        if (input.Sensor != Settings.Sensor || input.Channels != Settings.InputChannels)
        {
            throw new ArgumentException(
                $"The frame is [{input.Channels}, {input.Sensor.Height}, {input.Sensor.Width}] where the network takes [{Settings.InputChannels}, {Settings.Height}, {Settings.Width}].",
                nameof(input));
        }

        using IDisposable noGradient = no_grad();   // a state of the thread, so it is set for each run
        using DisposeScope scope = NewDisposeScope();
        MemoryMarshal.AsBytes(input.Values.AsSpan()).CopyTo(_input.bytes);
        using GraphRun run = _module.Run(_input);
        MemoryMarshal.Cast<byte, float>(run.Potentials[StereoSpikeNetwork.Readout][^1].contiguous().bytes).CopyTo(potentials);
        _rates.Add(run);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _input.Dispose();
        _module.Dispose();
    }
}
