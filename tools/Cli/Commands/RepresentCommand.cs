using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using StereoSpike.Files;
using StereoSpike.Ingest;
using StereoSpike.Readout;

namespace StereoSpike.Cli;

/// <summary><c>stereospike represent</c></summary>
internal static class RepresentCommand
{
    private static readonly Argument<string> In = new("IN") { Description = CameraEvents.Description };
    private static readonly Argument<string> Out = new("OUT") { Description = "X.npz (frames, start_us, end_us), X.npy (frames alone), X.png (the first window), or a folder (a PNG for each window)." };
    private static readonly Option<string> As = new("--as") { Description = $"What to make: {string.Join("; ", EventRepresentations.Usages)}.", DefaultValueFactory = _ => "histogram" };
    private static readonly CameraEvents Source = new();
    private static readonly WindowOptions Windows = new(50);

    public static Command Make()
    {
        var command = new Command("represent", "Turn windows of one camera's events into arrays or pictures: histograms, voxel grids, time surfaces, stacks.") { In, Out, As };
        foreach (Option option in Windows.All.Concat(Source.All))
        {
            command.Add(option);
        }

        command.SetAction((arguments, cancellation) => MainThread.RunAsync(() => Run(arguments, cancellation)));
        return command;
    }

    private static int Run(ParseResult arguments, CancellationToken cancellation)
    {
        IEventRepresentation representation = EventRepresentations.Create(arguments.GetRequiredValue(As));
        string output = arguments.GetRequiredValue(Out);
        using IEventReader events = Source.Open(arguments, arguments.GetRequiredValue(In), cancellation);
        SensorSize sensor = events.Sensor;
        int[] shape = representation.Shape(sensor);
        var values = new float[shape.Aggregate(1, (product, side) => checked(product * side))];
        long seen = 0;
        int count;
        using (var progress = new TerminalProgress("representing"))
        {
            IEnumerable<TimeWindow> frames = Windows.Cut(arguments, events).Select(window =>
            {
                cancellation.ThrowIfCancellationRequested();
                representation.Represent(window.Events, window.Window, sensor, values);
                seen += window.Events.Length;
                progress.Report((long)(events.Progress * 1000), 1000);
                return window.Window;
            });
            count = Path.GetExtension(output).ToLowerInvariant() switch
            {
                ".npy" or ".npz" => FrameArrays.Write(output, shape, frames.Select(window => (window, (ReadOnlyMemory<float>)values))),
                ".png" => frames.Take(1).Select(window => Save(output, window)).Count(),
                "" => frames.Select((window, i) => Save(Path.Combine(output, $"{i:D6}.png"), window)).Count(),
                var other => throw new ArgumentException($"{output}: {other} is not written; .npz, .npy and .png are, and a folder of pictures."),
            };
        }

        Answer.Print(arguments, new JsonObject
        {
            ["out"] = output,
            ["representation"] = representation.Name,
            ["windows"] = count,
            ["shape"] = new JsonArray([.. shape.Select(side => (JsonNode)side)]),
            ["events_in_windows"] = seen,
            ["dropped"] = new JsonObject(events.Dropped.Select(loss => KeyValuePair.Create(loss.Key, (JsonNode?)loss.Value))),
        });
        return Shell.Done;

        bool Save(string path, TimeWindow window)
        {
            SensorSize size = representation.PictureSize(sensor);
            RepresentationPicture.Draw(
                representation.Pictures(values, sensor), representation.Titles, size.Height, size.Width, representation.HasSigns,
                representation.Name, string.Create(CultureInfo.InvariantCulture, $"{window.StartUs / 1e6:F3} s, {window.DurationUs / 1e3:0.###} ms")).Save(path);
            return true;
        }
    }
}
