using System.CommandLine;
using StereoSpike.Ingest;

namespace StereoSpike.Cli;

/// <summary>The options that say what a text file does not say of itself.</summary>
internal sealed class TextFileOptions
{
    private readonly Option<EventTextKind?> _from = new("--from") { Description = "What the file is, where that is not seen from its columns: text, stereotext, empstereo or stereonpz." };
    private readonly Option<string?> _order = new("--order") { Description = "What the columns are: t x y p, c (camera), d (disparity), _ (ignored); for example txypc." };
    private readonly Option<string?> _timeUnit = new("--time-unit") { Description = "What times are counted in: ns, us, ms or s." };
    private readonly Option<bool> _oneBased = new("--one-based") { Description = "Columns and rows are counted from 1." };
    private readonly Option<int?> _width = new("--width") { Description = "Sensor columns." };
    private readonly Option<int?> _height = new("--height") { Description = "Sensor rows." };
    private readonly Option<double?> _focalPx = new("--focal-px") { Description = "Focal length of the rectified cameras, px." };
    private readonly Option<double?> _baseline = new("--baseline-m") { Description = "Distance between the cameras, m." };
    private readonly Option<bool> _swap = new("--swap-cameras") { Description = "The file's left camera is the right one: use it where x_right = x_left + disparity." };
    private readonly Option<double?> _windowMs = new("--truth-window-ms") { Description = "How far back a label's truth looks for the newest event of each pixel, ms (per-event truth)." };

    public IEnumerable<Option> All => [_from, _order, _timeUnit, _oneBased, _width, _height, _focalPx, _baseline, _swap, _windowMs];

    /// <summary>A kind's options with what the command line says put over them.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="geometryNeeded">False where depth is never asked for: then any geometry does.</param>
    public Func<EventTextKind, EventTextOptions> Over(ParseResult arguments, bool geometryNeeded) => detected =>
    {
        EventTextOptions start = EventTextOptions.For(arguments.GetValue(_from) ?? detected);
        return start with
        {
            Order = Order(arguments) ?? start.Order,
            TimeUnit = Unit(arguments) ?? start.TimeUnit,
            OneBased = arguments.GetValue(_oneBased) || start.OneBased,
            SwapCameras = arguments.GetValue(_swap) || start.SwapCameras,
            Sensor = Sensor(arguments) ?? start.Sensor,
            FocalPx = arguments.GetValue(_focalPx) ?? start.FocalPx ?? (geometryNeeded ? null : 1.0),
            BaselineMetres = arguments.GetValue(_baseline) ?? start.BaselineMetres ?? (geometryNeeded ? null : 1.0),
            TruthWindowUs = arguments.GetValue(_windowMs) is { } ms ? (long)(ms * 1000) : start.TruthWindowUs,
        };
    };

    /// <summary>The order of columns, if the command line says it.</summary>
    public string? Order(ParseResult arguments) => arguments.GetValue(_order);

    /// <summary>What times count, if the command line says it.</summary>
    public TimeUnit? Unit(ParseResult arguments) => arguments.GetValue(_timeUnit) is { } unit ? UnitNamed(unit) : null;

    /// <summary>The sensor's size, if the command line says it.</summary>
    public SensorSize? Sensor(ParseResult arguments) => (arguments.GetValue(_width), arguments.GetValue(_height)) switch
    {
        (int width, int height) => new SensorSize(width, height),
        (null, null) => null,
        _ => throw new ArgumentException("Give --width and --height together."),
    };

    private static TimeUnit UnitNamed(string name) => name switch
    {
        "ns" => TimeUnit.Nanoseconds,
        "us" or "µs" => TimeUnit.Microseconds,
        "ms" => TimeUnit.Milliseconds,
        "s" => TimeUnit.Seconds,
        _ => throw new ArgumentException($"\"{name}\" is no time unit; known are ns, us, ms, s."),
    };
}
