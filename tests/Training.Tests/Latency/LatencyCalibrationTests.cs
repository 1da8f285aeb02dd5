using StereoSpike.Ingest;
using StereoSpike.Model;
using StereoSpike.Readout;

namespace StereoSpike.Training.Tests.Latency;

public class LatencyCalibrationTests
{
    [Theory]
    [InlineData(60, 0.85, 0)]
    [InlineData(255, 0.3, 0)]
    [InlineData(255, 0.3, 32)]
    public void Half_of_the_neurons_have_fired_by_the_chosen_time_on_dark_images_and_on_bright_ones(int brightest, double share, int rampSteps)
    {
        var random = new Random(1);
        byte[] pixels = [.. Enumerable.Range(0, 100 * 400).Select(_ => (byte)random.Next(brightest + 1))];
        EncodedImages images = EncodedImages.From(new LabelledImages(pixels, new byte[100], 20, 20), 256);
        var network = new LatencySettings { Height = 20, Width = 20, Hidden = 100, RampSteps = rampSteps };

        float threshold = LatencyCalibration.HiddenThreshold(network, new LatencyTrainingSettings(), images, share);
        LatencyNetwork drawn = new S4nnRule(network with { HiddenThreshold = threshold }, new LatencyTrainingSettings()).Network;

        double fired = 0;
        for (int i = 0; i < images.Count; i++)
        {
            drawn.Run(images.Spikes(i));
            foreach (TimedSpike spike in drawn.HiddenSpikes)
            {
                fired += spike.Time <= (int)(share * 256) + 1 ? 1 : 0;
            }
        }

        Assert.InRange(fired / (100 * 100), 0.45, 0.55);   // the median of the very neurons that are counted; potentials that repeat the threshold blur it
    }

    [Fact]
    public void Images_that_are_still_dark_by_then_are_refused()
    {
        EncodedImages images = EncodedImages.From(new LabelledImages(new byte[4], [0], 2, 2), 256);

        Assert.Throws<InvalidDataException>(() => LatencyCalibration.HiddenThreshold(new LatencySettings { Height = 2, Width = 2, Hidden = 4 }, new LatencyTrainingSettings(), images, 0.4));
    }

    [Fact]
    public void Thresholds_that_are_learned_are_not_calibrated()
    {
        var images = new LabelledImages(new byte[40], new byte[10], 2, 2);
        (LatencySettings network, LatencyTrainingSettings training) = LatencyPresets.For(LatencyMethod.Bs4nn);

        Assert.Throws<ArgumentException>(() => new LatencyTrainer(network, training with { CalibrationShare = 0.2, ValidationImages = 0 }, images, "nowhere"));
    }
}
