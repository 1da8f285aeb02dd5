using StereoSpike.Model;
using StereoSpike.Readout;

namespace StereoSpike.Training;

/// <summary>Bounds for a latency network's first weights that suit the images: with bounds made for digits, a network on brighter or darker images fires all at once or not at all.</summary>
/// <remarks>
/// Weights uniform in [0, b] make a potential proportional to b. With b = 1 and no threshold, the median potential over neurons and images at a chosen step is M;
/// with b = θ/M half of all neurons have crossed θ by that step. The output layer follows with the hidden layer's spikes as they then are, at a step as much later as the hidden layer took.
/// The idea is that of data-dependent initialisation (Rossbroich, Gygax and Zenke, Neuromorphic Computing and Engineering 2022, arXiv:2206.10226), for a neuron that fires once.
/// </remarks>
public static class LatencyCalibration
{
    private const int MostImages = 500;

    /// <summary>Finds the bounds.</summary>
    /// <param name="network">Shape and thresholds.</param>
    /// <param name="images">Images to calibrate on; at most 500 of them are looked at.</param>
    /// <param name="hiddenShare">When half of the hidden neurons should have fired, as a share of T; 0 to 0.9.</param>
    /// <param name="outputShare">When half of the outputs should have, as a share of T; later than the hidden ones.</param>
    /// <param name="seed">Seed of the weights that are tried.</param>
    /// <returns>Upper bounds of the hidden and of the output weights.</returns>
    /// <exception cref="InvalidDataException">The images are so dark that no bound makes half of the neurons fire by then.</exception>
    public static (float Hidden, float Output) Bounds(LatencySettings network, EncodedImages images, double hiddenShare, double outputShare, int seed)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(images);
        Guard.Within(hiddenShare, 0.0, 0.9);
        Guard.Within(outputShare, hiddenShare, 0.95);
        int hiddenStep = (int)(hiddenShare * network.Steps), outputStep = (int)(outputShare * network.Steps);
        var start = new LatencyTrainingSettings { HiddenInitMaximum = 1f, OutputInitMaximum = 1f, Seed = seed };
        (SingleSpikeLayer hidden, SingleSpikeLayer output) = LatencyStart.Draw(network, start);
        int count = Math.Min(MostImages, images.Count);

        float hiddenBound = network.HiddenThreshold / Median(hidden, count, i => images.Spikes(i).ToArray(), hiddenStep);
        (hidden, _) = LatencyStart.Draw(network, start with { HiddenInitMaximum = hiddenBound });
        (_, SingleSpikeLayer unused) = LatencyStart.Draw(network, start);
        var body = new LatencyNetwork(network, hidden, unused);   // a network must have outputs; only what it does below them is asked
        float outputBound = network.OutputThreshold / Median(output, count, HiddenSpikes, outputStep);
        return (hiddenBound, outputBound);

        TimedSpike[] HiddenSpikes(int image)
        {
            body.Run(images.Spikes(image));
            return body.HiddenSpikes.ToArray();
        }
    }

    /// <summary>Median potential of a layer that cannot fire, over neurons and images, after a step.</summary>
    private static float Median(SingleSpikeLayer layer, int images, Func<int, TimedSpike[]> spikes, int step)
    {
        layer.Threshold = float.PositiveInfinity;
        var potentials = new List<float>(images * layer.Neurons);
        for (int i = 0; i < images; i++)
        {
            layer.Reset();
            layer.Step([.. spikes(i).Where(spike => spike.Time <= step)], 0, []);
            potentials.AddRange(layer.Potentials);
        }

        potentials.Sort();
        float median = potentials[potentials.Count / 2];
        return median > 0f ? median : throw new InvalidDataException($"Half of the potentials are still 0 at step {step}: the images are too dark to calibrate at that time. Choose a later one.");
    }
}
