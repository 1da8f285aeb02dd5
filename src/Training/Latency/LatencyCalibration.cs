using StereoSpike.Model;
using StereoSpike.Readout;

namespace StereoSpike.Training;

/// <summary>A threshold for a latency network's hidden layer that suits the images: with the one made for digits, a network on images with more bright pixels fires all at once.</summary>
/// <remarks>
/// The drawn weights stay as they are, so that a step of the rule stays the same share of a weight: S4NN's steps suit weights up to 5 and 48, and smaller first weights under the same steps (the other way to fire later)
/// tear a network apart. Without a threshold, the median potential over neurons and images at a chosen step is M; with θ = M half of all neurons have fired by that step.
/// The idea is that of data-dependent initialisation (Rossbroich, Gygax and Zenke, Neuromorphic Computing and Engineering 2022, arXiv:2206.10226), for a neuron that fires once.
/// </remarks>
public static class LatencyCalibration
{
    private const int MostImages = 500;

    /// <summary>Finds θ of the hidden layer.</summary>
    /// <param name="network">Shape of the network.</param>
    /// <param name="training">The first weights' bounds and seed.</param>
    /// <param name="images">Images to calibrate on; at most 500 of them are looked at.</param>
    /// <param name="share">When half of the hidden neurons should have fired, as a share of T; 0 to 0.9.</param>
    /// <exception cref="InvalidDataException">The images are so dark that no threshold above 0 makes half of the neurons fire by then.</exception>
    public static float HiddenThreshold(LatencySettings network, LatencyTrainingSettings training, EncodedImages images, double share)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(images);
        int step = (int)(Guard.Within(share, 0.0, 0.9) * network.Steps), count = Math.Min(MostImages, images.Count);
        (SingleSpikeLayer hidden, _) = LatencyStart.Draw(network, training);
        hidden.Threshold = float.PositiveInfinity;
        var potentials = new List<float>(count * hidden.Neurons);
        for (int i = 0; i < count; i++)
        {
            hidden.Reset();
            ILookup<ushort, TimedSpike> arrivals = images.Spikes(i).ToArray().ToLookup(spike => spike.Time);
            for (int t = 0; t <= step; t++)
            {
                hidden.Step([.. arrivals[(ushort)t]], t, []);
            }

            potentials.AddRange(hidden.Potentials);
        }

        potentials.Sort();
        float median = potentials[potentials.Count / 2];
        return median > 0f ? median : throw new InvalidDataException($"Half of the potentials are still 0 at step {step}: the images are too dark to calibrate at that time. Choose a later one.");
    }
}
