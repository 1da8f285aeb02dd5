using StereoSpike.Readout;

namespace StereoSpike.Training;

/// <summary>Fits the readout's offset and scale to the training set, so that a potential of 0 reads as the mean target and one of ±1 as its spread.</summary>
public static class ReadoutScaling
{
    private const int MostSamples = 200;

    /// <summary>Fills the offset and scale in; the paper's loss keeps potentials in metres and gets 0 and 1. Notes the rig that metres belong to.</summary>
    /// <param name="settings">All settings.</param>
    /// <param name="training">The samples; targets are taken where left events are.</param>
    /// <exception cref="InvalidDataException">No sample has a depth where there are events.</exception>
    public static StereoSpikeSettings Fit(TrainingSettings settings, TrainingSet training)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(training);
        StereoSpikeSettings network = settings.Network with { FocalBaselinePxMetres = training[0].FocalBaselinePxMetres };
        if (settings.Loss == LossKind.Paper)
        {
            return network with { ReadoutOffset = 0f, ReadoutScale = 1f };
        }

        double sum = 0, squares = 0;
        long count = 0;
        int stride = Math.Max(1, training.Count / MostSamples);
        for (int i = 0; i < training.Count; i += stride)
        {
            LabelledWindow sample = training[i];
            var readout = new DepthReadout(network, sample.FocalBaselinePxMetres);
            foreach (DvsEvent e in sample.Window.Left.Span)
            {
                float target = readout.Target(sample.Truth.Metres[(e.Y * network.Width) + e.X]);
                if (!float.IsNaN(target))
                {
                    sum += target;
                    squares += (double)target * target;
                    count++;
                }
            }
        }

        if (count == 0)
        {
            throw new InvalidDataException("No training sample has a known depth where there are events. Check that the recordings' events and depth maps belong together and are rectified alike.");
        }

        double mean = sum / count, spread = Math.Sqrt(Math.Max(0, (squares / count) - (mean * mean)));
        return network with { ReadoutOffset = (float)mean, ReadoutScale = spread > 0 ? (float)spread : 1f };
    }
}
