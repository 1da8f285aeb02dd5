using StereoSpike.Model;
using StereoSpike.Readout;

namespace StereoSpike.Training;

/// <summary>A rule that teaches a <see cref="LatencyNetwork"/> image by image.</summary>
public interface ILatencyRule
{
    /// <summary>The network, with the weights as they are now.</summary>
    LatencyNetwork Network { get; }

    /// <summary>Shows an image, and changes the weights if the output times are not as they should be.</summary>
    /// <param name="input">The image's spikes by time.</param>
    /// <param name="label">The output that should fire first.</param>
    /// <param name="learningRate">Step.</param>
    /// <returns>Whether there was an error to learn from.</returns>
    bool Learn(ReadOnlySpan<TimedSpike> input, int label, float learningRate);

    /// <summary>Draws a hidden neuron's weights anew: it was dead.</summary>
    void Redraw(int hidden, Random random);

    /// <summary>Draws averages nearer to the weights that are learned: a ← a + s·(w − a).</summary>
    /// <param name="hidden">a of the hidden layer, shape of its <see cref="SingleSpikeLayer.Weights"/>.</param>
    /// <param name="output">a of the output layer.</param>
    /// <param name="share">s, 0 to 1.</param>
    void Average(Span<float> hidden, Span<float> output, float share);

    /// <summary>The network's tensors, to keep.</summary>
    IReadOnlyDictionary<string, WeightTensor> Export();

    /// <summary>The tensors of a network whose learned weights are averages.</summary>
    /// <param name="hidden">As <see cref="Average"/> makes them.</param>
    /// <param name="output">Of the output layer.</param>
    IReadOnlyDictionary<string, WeightTensor> Export(ReadOnlySpan<float> hidden, ReadOnlySpan<float> output);

    /// <summary>The network's settings, learned constants filled in.</summary>
    LatencySettings ExportSettings();
}
