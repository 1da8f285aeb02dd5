using System.Diagnostics;
using StereoSpike.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace StereoSpike.Training;

/// <summary>Learns to classify spike sequences: cross-entropy on the largest readout potential over time, Adam, through all steps.</summary>
/// <remarks>The loss of stork's classifiers (Rossbroich, Gygax, Zenke 2022, arXiv:2206.10226).</remarks>
public sealed class SequenceLearning : IDisposable
{
    private readonly GraphModule _module;
    private readonly string _readout;
    private readonly AdamOptimizer _optimizer;
    private readonly SequenceLearningSettings _settings;

    /// <summary>Prepares to train a network from the weights it has.</summary>
    /// <param name="module">The network; its owner disposes it.</param>
    /// <param name="readout">Its leaky readout's node.</param>
    /// <param name="settings">Batch, rate, seed, regularisers.</param>
    public SequenceLearning(GraphModule module, string readout, SequenceLearningSettings settings)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(settings);
        (_module, _readout, _settings) = (module, readout, settings);
        _optimizer = new AdamOptimizer(module);
    }

    /// <summary>Seconds spent in training steps so far.</summary>
    public double Seconds { get; private set; }

    /// <summary>Goes over a set once.</summary>
    /// <param name="set">What to learn.</param>
    /// <param name="epoch">Decides the order together with the seed.</param>
    /// <returns>Mean loss, regularisers included.</returns>
    /// <exception cref="InvalidDataException">The loss stopped being a number.</exception>
    public double Epoch(SpikeTimeSet set, int epoch) => Pass(set, epoch, (run, labels) =>
        nn.functional.cross_entropy(Logits(run), labels) + ActivityBounds.Of(run, _module.Graph, _settings.Bounds));

    /// <summary>Goes over a set once for its activity alone, before training: homeostatic priming.</summary>
    /// <param name="set">Real inputs; labels are not looked at.</param>
    /// <param name="epoch">Decides the order together with the seed.</param>
    /// <returns>Mean of the regularisers.</returns>
    /// <remarks>stork's priming: only what <see cref="ActivityBounds"/> charges is minimised, so that silent layers wake and loud ones calm before the task begins.</remarks>
    /// <exception cref="ArgumentException">No bound has a strength.</exception>
    public double Prime(SpikeTimeSet set, int epoch) => _settings.Bounds is { LowerStrength: 0, UpperStrength: 0 }
        ? throw new ArgumentException("Priming has nothing to minimise: give the lower or the upper bound of activity a strength.")
        : Pass(set, epoch, (run, _) => ActivityBounds.Of(run, _module.Graph, _settings.Bounds));

    /// <summary>Share of samples whose class has the largest potential, 0..1.</summary>
    /// <param name="set">The samples.</param>
    /// <param name="count">How many of them, at equal distances; all if there are fewer.</param>
    public double Accuracy(SpikeTimeSet set, int count)
    {
        ArgumentNullException.ThrowIfNull(set);
        using IDisposable noGradient = no_grad();
        long right = 0;
        int[] chosen = set.SpreadOver(count);
        foreach (int[] samples in chosen.Chunk(_settings.BatchSize))
        {
            using var pause = new CollectionPause();
            using DisposeScope scope = NewDisposeScope();
            (Tensor spikes, Tensor labels) = set.Batch(samples);
            using SequenceRun run = _module.RunSequence(spikes);
            right += Logits(run).argmax(1).eq(labels).sum().item<long>();
        }

        return (double)right / chosen.Length;
    }

    /// <inheritdoc/>
    public void Dispose() => _optimizer.Dispose();

    private double Pass(SpikeTimeSet set, int epoch, Func<SequenceRun, Tensor, Tensor> loss)
    {
        ArgumentNullException.ThrowIfNull(set);
        int[] order = [.. Enumerable.Range(0, set.Count)];
        new Random(SampleSeed.Mix(_settings.Seed, epoch, -1)).Shuffle(order);
        double sum = 0;
        foreach (int[] samples in order.Chunk(_settings.BatchSize))
        {
            long started = Stopwatch.GetTimestamp();
            using var pause = new CollectionPause();
            using DisposeScope scope = NewDisposeScope();
            (Tensor spikes, Tensor labels) = set.Batch(samples);
            using SequenceRun run = _module.RunSequence(spikes);
            Tensor value = loss(run, labels);
            double number = value.item<float>();
            if (!double.IsFinite(number))
            {
                throw new InvalidDataException($"The loss is {number} at step {_optimizer.Steps} of epoch {epoch}. Take a smaller learning rate.");
            }

            _optimizer.ZeroGradients();
            value.backward();
            _optimizer.Step(_settings.LearningRate);
            SynapseSigns.Clamp(_module);
            sum += number * samples.Length;
            Seconds += Stopwatch.GetElapsedTime(started).TotalSeconds;
        }

        return sum / set.Count;
    }

    private Tensor Logits(SequenceRun run) => run.Potentials[_readout].flatten(2).amax([1]);
}
