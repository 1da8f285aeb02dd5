using StereoSpike.Model;

namespace StereoSpike.Readout;

/// <summary>A two-layer network of neurons that fire at most once, driven by events in the order of their times.</summary>
/// <remarks>Owns its buffers: one network a thread.</remarks>
public sealed class LatencyNetwork
{
    private readonly TimedSpike[] _hiddenSpikes;
    private readonly TimedSpike[] _outputSpikes;
    private readonly ushort[] _hiddenTimes;
    private readonly ushort[] _outputTimes;
    private readonly float[] _lastPotentials;
    private int _hiddenCount;

    /// <summary>Joins two layers.</summary>
    /// <param name="settings">The network's shape and constants.</param>
    /// <param name="hidden">From pixels to hidden neurons.</param>
    /// <param name="output">From hidden neurons to classes.</param>
    /// <exception cref="ArgumentException">The layers are not of the settings' sizes.</exception>
    public LatencyNetwork(LatencySettings settings, ISingleSpikeLayer hidden, SingleSpikeLayer output)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(hidden);
        ArgumentNullException.ThrowIfNull(output);
        Guard.Length(hidden.Neurons, settings.Hidden, nameof(hidden));
        Guard.Length(output.Inputs, settings.Hidden, nameof(output));
        Guard.Length(output.Neurons, ClassificationScore.Classes, nameof(output));
        (Settings, Hidden, Output) = (settings, hidden, output);
        _hiddenSpikes = new TimedSpike[Hidden.Neurons];
        _hiddenTimes = new ushort[Hidden.Neurons];
        _outputSpikes = new TimedSpike[Output.Neurons];
        _outputTimes = new ushort[Output.Neurons];
        _lastPotentials = new float[Output.Neurons];
    }

    /// <summary>Its shape and constants.</summary>
    public LatencySettings Settings { get; }

    /// <summary>From pixels to hidden neurons.</summary>
    public ISingleSpikeLayer Hidden { get; }

    /// <summary>From hidden neurons to classes.</summary>
    public SingleSpikeLayer Output { get; }

    /// <summary>The hidden layer's spikes of the last image, by time.</summary>
    public ReadOnlySpan<TimedSpike> HiddenSpikes => _hiddenSpikes.AsSpan(0, _hiddenCount);

    /// <summary>When each hidden neuron fired on the last image, in steps; T for never.</summary>
    public ReadOnlySpan<ushort> HiddenTimes => _hiddenTimes;

    /// <summary>When each output fired on the last image, in steps; T for never.</summary>
    public ReadOnlySpan<ushort> OutputTimes => _outputTimes;

    /// <summary>Answers as soon as the first output fires; what would happen later is not worked out.</summary>
    /// <param name="input">The image's spikes by time.</param>
    public LatencyDecision Decide(ReadOnlySpan<TimedSpike> input) => Drive(input, untilDecided: true);

    /// <summary>Runs the whole window: afterwards every neuron's time is known.</summary>
    /// <param name="input">The image's spikes by time.</param>
    public LatencyDecision Run(ReadOnlySpan<TimedSpike> input) => Drive(input, untilDecided: false);

    private LatencyDecision Drive(ReadOnlySpan<TimedSpike> input, bool untilDecided)
    {
        Hidden.Reset();
        Output.Reset();
        _hiddenTimes.AsSpan().Fill((ushort)Settings.Steps);
        _outputTimes.AsSpan().Fill((ushort)Settings.Steps);
        _hiddenCount = 0;
        int inputDone = 0, hiddenDone = 0, last = Settings.Steps - 2;
        for (int t = 0; t <= last; t++)
        {
            if (t == last)   // S4NN asks the potentials one step before the last in which a spike can still count
            {
                Output.Potentials.CopyTo(_lastPotentials);
            }

            ReadOnlySpan<TimedSpike> arriving = Arriving(HiddenSpikes, hiddenDone, t);
            hiddenDone += arriving.Length;
            int decided = arriving.IsEmpty && Output.Idle ? 0 : Fire(Output, arriving, t, _outputSpikes, _outputTimes);
            if (decided > 0 && untilDecided)
            {
                break;
            }

            arriving = Arriving(input, inputDone, t);
            inputDone += arriving.Length;
            _hiddenCount += arriving.IsEmpty && Hidden.Idle ? 0 : Fire(Hidden, arriving, t, _hiddenSpikes.AsSpan(_hiddenCount), _hiddenTimes);
        }

        return FirstSpikeReadout.Decide(_outputTimes, Settings.Steps, _lastPotentials);
    }

    private static ReadOnlySpan<TimedSpike> Arriving(ReadOnlySpan<TimedSpike> spikes, int from, int step)
    {
        int to = from;
        while (to < spikes.Length && spikes[to].Time == step)
        {
            to++;
        }

        return spikes[from..to];
    }

    private static int Fire(ISingleSpikeLayer layer, ReadOnlySpan<TimedSpike> arriving, int step, Span<TimedSpike> spikes, Span<ushort> times)
    {
        int fired = layer.Step(arriving, step, spikes);
        foreach (TimedSpike spike in spikes[..fired])
        {
            times[spike.Neuron] = spike.Time;
        }

        return fired;
    }
}
