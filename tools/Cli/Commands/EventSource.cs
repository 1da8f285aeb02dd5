using System.CommandLine;
using StereoSpike.Ingest;

namespace StereoSpike.Cli;

/// <summary>Where a verb takes one camera's events from: an event file of any format or a pipe.</summary>
internal static class EventSource
{
    /// <summary>What stands for standard input or output.</summary>
    public const string Pipe = "-";

    public static readonly Option<Camera?> Which = new("--camera") { Description = "Which camera of a stereo recording: left or right." };

    public static readonly Option<long> Sort = new("--sort") { Description = "Put events in the order of time that stray by up to so many µs; 0 refuses any step back." };

    /// <summary>Opens an event file; null where the source is none, but perhaps a stereo recording or text.</summary>
    /// <exception cref="InvalidDataException">It is of a kind that is refused, or damaged.</exception>
    public static IEventReader? Open(string source, SensorSize? sensor)
    {
        var options = new EventFileOptions { Sensor = sensor };
        if (source == Pipe)
        {
            return EventFiles.Open(Console.OpenStandardInput(), "standard input", options);
        }

        return File.Exists(source) && !RecordingFiles.IsHdf5(source) && EventFiles.Detect(source) is not null ? EventFiles.Open(source, options) : null;
    }

    /// <summary>Opens one camera's events that lie as columns in HDF5; null where the source is none such, or in MVSEC layout.</summary>
    /// <exception cref="InvalidDataException">It holds several cameras and none is named, or is damaged.</exception>
    public static ColumnEvents? OpenColumns(string source, Camera? camera, SensorSize? sensor) =>
        RecordingFiles.IsHdf5(source) && File.Exists(source) && ColumnEvents.Groups(source).Count > 0 ? ColumnEvents.Open(source, camera, sensor) : null;

    /// <summary>What a format is called on the command line.</summary>
    public static string NameOf(EventFormat format) => format switch
    {
        EventFormat.EventStream => "es",
        _ => format.ToString().ToLowerInvariant(),
    };
}
