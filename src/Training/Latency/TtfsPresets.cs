using StereoSpike.Readout;

namespace StereoSpike.Training;

/// <summary>Networks and trainings that <c>classify train --method ttfs</c> starts from.</summary>
public static class TtfsPresets
{
    /// <summary>Two convolutions and a fully connected layer, sized so that an epoch of MNIST costs half a minute on one thread.</summary>
    /// <param name="channels">Channels of the images: recordings, which have more than one, come in hundreds and not in ten thousands, so they are looked at more often, and none is held back.</param>
    public static (TtfsSettings Network, TtfsTrainingSettings Training) For(int channels) => channels == 1
        ? (new TtfsSettings(), new TtfsTrainingSettings())
        : (new TtfsSettings(), new TtfsTrainingSettings { Epochs = 30, Batch = 32, ValidationImages = 0 });
}
