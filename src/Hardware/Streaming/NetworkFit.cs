using System.Globalization;
using StereoSpike.Files;
using StereoSpike.Ingest;
using StereoSpike.Readout;

namespace StereoSpike.Hardware;

/// <summary>Whether a trained network can read a recording at all. A wrong pairing would run and answer nonsense, so it is refused at the door.</summary>
public static class NetworkFit
{
    /// <summary>How far focal length times baseline may be off for a network that answers in metres, as a share: as much error in depth as that.</summary>
    public const double FocalBaselineTolerance = 0.005;

    /// <summary>Makes the encoder that a network was trained with.</summary>
    /// <param name="settings">The network.</param>
    /// <param name="weights">What messages call its file.</param>
    /// <exception cref="InvalidDataException">There is no such encoder, or it makes another number of channels.</exception>
    public static IStereoEncoder Encoder(StereoSpikeSettings settings, string weights)
    {
        ArgumentNullException.ThrowIfNull(settings);
        IStereoEncoder encoder;
        try
        {
            encoder = EncoderCatalogue.Create(settings.Encoder);
        }
        catch (ArgumentException cause)
        {
            throw BadFile.Error(weights, "encoder", $"cannot be made. {cause.Message}", "The weights are of a newer version; update StereoSpike or train again.", cause);
        }

        return encoder.Channels == settings.InputChannels
            ? encoder
            : throw BadFile.Error(
                weights, "encoder", $"'{encoder.Name}' makes {encoder.Channels} channels where the network takes {settings.InputChannels}",
                "The settings in the file were changed by hand or are damaged; take the file as training wrote it.");
    }

    /// <summary>Makes the encoder of a network that reads a live stream.</summary>
    /// <inheritdoc cref="Encoder" path="/param"/>
    /// <exception cref="InvalidDataException">There is no such encoder, it makes another number of channels, or it needs each event's time, which streams do not keep.</exception>
    public static ICountEncoder CountEncoder(StereoSpikeSettings settings, string weights) => Encoder(settings, weights) as ICountEncoder ?? throw BadFile.Error(
        weights, "encoder", $"'{settings.Encoder}' looks at each event's time, and live streams are kept as counts",
        "Use a network with the encoder histogram, count or coincidence, or read a recording without --stream.");

    /// <summary>Refuses a recording of another sensor or, unless the network answers in disparities, of another rig.</summary>
    /// <param name="settings">The network.</param>
    /// <param name="weights">What messages call its file.</param>
    /// <param name="recording">What it is to read.</param>
    /// <exception cref="InvalidDataException">They do not fit; the message says how to go on.</exception>
    public static void Check(StereoSpikeSettings settings, string weights, IStereoRecording recording)
    {
        ArgumentNullException.ThrowIfNull(recording);
        Check(settings, weights, recording.Rig, recording.Name);
    }

    /// <summary>Refuses cameras of another sensor or, unless the network answers in disparities, of another rig.</summary>
    /// <param name="settings">The network.</param>
    /// <param name="weights">What messages call its file.</param>
    /// <param name="rig">The cameras.</param>
    /// <param name="source">What messages call where their events come from.</param>
    /// <exception cref="InvalidDataException">They do not fit; the message says how to go on.</exception>
    public static void Check(StereoSpikeSettings settings, string weights, StereoRig rig, string source)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(rig);
        if (rig.Sensor != settings.Sensor)
        {
            throw BadFile.Error(
                weights, "", $"is for cameras of {settings.Sensor} px, and those of {source} have {rig.Sensor}",
                "Use weights trained at that size, or train some on recordings of it (stereospike train --data …).");
        }

        if (settings is { Unit: not DepthUnit.DisparityPx, FocalBaselinePxMetres: { } trained }
            && !(Math.Abs(rig.FocalBaselinePxMetres - trained) <= FocalBaselineTolerance * trained))
        {
            throw BadFile.Error(
                weights, "", string.Create(CultureInfo.InvariantCulture,
                    $"answers in {(settings.Unit == DepthUnit.Metres ? "metres" : "log metres")} for a rig of f·b = {trained:0.######} px·m, and that of {source} ('{rig.Name}') has {rig.FocalBaselinePxMetres:0.######}"),
                "Its depths would be wrong by that ratio. Give the right calibration with --calibration, or use weights that answer in disparities (stereospike train --unit disparitypx): they serve any rig.");
        }
    }
}
