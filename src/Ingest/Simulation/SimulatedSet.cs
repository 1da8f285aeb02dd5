using System.Globalization;
using StereoSpike.Files;

namespace StereoSpike.Ingest;

/// <summary>A set of simulated recordings described by a line of text, so that a training run can be repeated from its settings alone.</summary>
/// <remarks><c>sim:room</c> or <c>sim:boxes</c>, then optional settings after a question mark, joined by <c>&amp;</c>:
/// <c>rig</c> (a preset's name, or columns, rows, focal length in px and baseline in metres as in <c>120x90,69,0.1</c>), <c>scenes</c>, <c>seconds</c>, <c>seed</c> (of the first
/// scene; the next one has the next seed), <c>truth</c> (dense, lidar, per-event), <c>nearest</c> (the largest disparity in a scene of boxes, px), <c>textures</c>
/// (all, training, test).
/// Each scene has cameras of its own, drawn by <see cref="EventCameraModel.DrawPair"/>.</remarks>
public sealed record SimulatedSet
{
    /// <summary>Midnight of 1 January 2020, UTC: a clock as large as a real recording's, so that its readers are exercised.</summary>
    private const long SimulatedOriginUs = 1_577_836_800_000_000;

    /// <summary>What the text starts with.</summary>
    public const string Prefix = "sim:";

    /// <summary>The family of scenes.</summary>
    public SceneKind Kind { get; init; } = SceneKind.Room;

    /// <summary>Name of the rig's preset, or <c>COLUMNSxROWS,FOCAL_PX,BASELINE_M</c>.</summary>
    public string Rig { get; init; } = "mvsec";

    /// <summary>Number of recordings, at least 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to less than 1.</exception>
    public int Scenes { get; init => field = Guard.AtLeast(value, 1); } = 100;

    /// <summary>Length of each, greater than 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to 0, less, or NaN.</exception>
    public double Seconds { get; init => field = Guard.Above(value, 0.0); } = 1;

    /// <summary>Seed of the first scene.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>What the depth maps hold.</summary>
    public SimulatedTruth Truth { get; init; } = SimulatedTruth.Dense;

    /// <summary>The largest disparity in a scene of boxes, px.</summary>
    public double NearestDisparityPx { get; init; } = SimulatedScene.NearestDisparityPx;

    /// <summary>Which textures the scenes may show.</summary>
    public TextureShare Textures { get; init; } = TextureShare.All;

    /// <summary>Reads the text.</summary>
    /// <exception cref="ArgumentException">It names something unknown; the message lists what there is.</exception>
    public static SimulatedSet Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] parts = text[Prefix.Length..].Split('?', 2);
        var set = new SimulatedSet { Kind = Known<SceneKind>(parts[0], "scene") };
        foreach (string setting in parts.Length > 1 ? parts[1].Split('&') : [])
        {
            string[] pair = setting.Split('=', 2);
            string value = pair.Length > 1 ? pair[1] : "";
            set = pair[0] switch
            {
                "rig" => set with { Rig = value },
                "scenes" => set with { Scenes = Number<int>(pair[0], value) },
                "seconds" => set with { Seconds = Number<double>(pair[0], value) },
                "seed" => set with { Seed = Number<ulong>(pair[0], value) },
                "truth" => set with { Truth = TruthOf(value) },
                "textures" => set with { Textures = Known<TextureShare>(value, "share of the textures") },
                "nearest" => set with { NearestDisparityPx = Number<double>(pair[0], value) },
                _ => throw new ArgumentException($"\"{pair[0]}\" is no setting of a simulated set; known are rig, scenes, seconds, seed, truth, nearest, textures."),
            };
        }

        return set;
    }

    /// <summary>Size of each camera.</summary>
    /// <exception cref="ArgumentException">The rig is unknown.</exception>
    public SensorSize Sensor => RigOf(Rig).Sensor;

    /// <summary>Number of the simulator's behaviour; raised when the same text gives other events or depths, so that kept samples are made anew.</summary>
    public const int SimulatorVersion = 1;

    /// <summary>Each recording with what identifies it, for a cache.</summary>
    public IReadOnlyList<RecordingSource> Sources() => [.. Recordings().Select((open, i) =>
    {
        SimulatedSet one = this with { Scenes = 1, Seed = Seed + (ulong)i };
        return new RecordingSource($"{Prefix}{Kind} {one.Seed}", $"{one}, simulator {SimulatorVersion}", open);
    })];

    /// <summary>A function for each recording that simulates it.</summary>
    public IReadOnlyList<Func<IStereoRecording>> Recordings()
    {
        StereoRig rig = RigOf(Rig);
        return [.. Enumerable.Range(0, Scenes).Select(i => (Func<IStereoRecording>)(() => Make(rig, Seed + (ulong)i)))];
    }

    /// <summary>Simulates one scene into files in MVSEC's layout, in memory that does not grow with its length.</summary>
    /// <param name="dataPath">Where <c>X_data.hdf5</c> belongs.</param>
    /// <param name="rig">The cameras; those of the mvsec preset write raw, distorted events and their calibration folder.</param>
    /// <param name="seed">The scene's seed.</param>
    /// <param name="progress">Told the microseconds done; or null.</param>
    /// <param name="cancellation">Stops; nothing is left behind.</param>
    /// <returns>Events of both cameras, and labels.</returns>
    /// <exception cref="IOException">The disk is full or the place cannot be written.</exception>
    public (long Left, long Right, int Labels) Record(string dataPath, StereoRig rig, ulong seed, IWorkProgress? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(rig);
        SimulationSettings settings = SettingsOf(seed);
        StereoCalibration? lenses = rig.LeftMap is null ? null : MvsecIndoorFlying.Calibration;
        using var writer = new MvsecWriter(dataPath, rig, lenses, SimulatedOriginUs) { TruthWindowUs = Truth == SimulatedTruth.PerEvent ? settings.LabelPeriodUs : null };
        StereoSimulator.Run(SimulatedScene.Draw(Kind, seed, rig, NearestDisparityPx, Textures), rig, settings, (long)(Seconds * 1e6), writer, progress, cancellation);
        return (writer.Count(Camera.Left), writer.Count(Camera.Right), writer.Labels);
    }

    /// <summary>The rig that <see cref="Rig"/> names.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static StereoRig RigOf(string text)
    {
        string[] parts = text.Split(',');
        return parts.Length == 3 && parts[0].Split('x') is [var columns, var rows]
            ? SimulatedRigs.Custom(new SensorSize(Number<int>("rig", columns), Number<int>("rig", rows)), Number<double>("rig", parts[1]), Number<double>("rig", parts[2])) with { Name = text }
            : SimulatedRigs.Get(text);
    }

    /// <summary>The truth that a word names: <c>dense</c>, <c>lidar</c> or <c>per-event</c>.</summary>
    /// <exception cref="ArgumentException">It names none.</exception>
    public static SimulatedTruth TruthOf(string word)
    {
        ArgumentNullException.ThrowIfNull(word);
        return Known<SimulatedTruth>(word.Replace("-", "", StringComparison.Ordinal), "truth");
    }

    private SimulatedRecording Make(StereoRig rig, ulong seed) =>
        SimulatedRecording.Make(SimulatedScene.Draw(Kind, seed, rig, NearestDisparityPx, Textures), rig, SettingsOf(seed), (long)(Seconds * 1e6));

    private SimulationSettings SettingsOf(ulong seed)
    {
        (EventCameraModel left, EventCameraModel right) = EventCameraModel.DrawPair(seed);
        return new SimulationSettings { Seed = seed, Left = left, Right = right, Truth = Truth, TwoThreads = true };
    }

    private static T Known<T>(string name, string what)
        where T : struct, Enum => Enum.TryParse(name, ignoreCase: true, out T value) && Enum.IsDefined(value)
            ? value
            : throw new ArgumentException($"\"{name}\" is no {what}; known are {string.Join(", ", Enum.GetNames<T>()).ToLowerInvariant()}.");

    private static T Number<T>(string name, string text)
        where T : ISpanParsable<T> => T.TryParse(text, CultureInfo.InvariantCulture, out T? value)
            ? value
            : throw new ArgumentException($"\"{text}\" is no number for {name}.");
}
