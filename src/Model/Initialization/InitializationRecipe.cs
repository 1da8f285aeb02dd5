using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace StereoSpike.Model;

/// <summary>The families of starts.</summary>
public enum InitializationKind
{
    /// <summary>PyTorch's default: <see cref="UniformInitialization"/>.</summary>
    Default,

    /// <summary>Normal weights of deviation 1/√N (LeCun et al., "Efficient BackProp", 1998).</summary>
    Kaiming,

    /// <summary>Normal weights of deviation √(2/N) (He et al., ICCV 2015, arXiv:1502.01852).</summary>
    He,

    /// <summary><see cref="FluctuationInitialization"/>.</summary>
    Fluctuation,
}

/// <summary>A way to start a network, as a user writes it: <c>default</c>, <c>he</c>, or <c>fluctuation:sigma=1,nu=layer,centre=true</c>.</summary>
/// <param name="Kind">The family.</param>
/// <param name="Settings">How a fluctuation-driven start draws.</param>
public sealed record InitializationRecipe(InitializationKind Kind, FluctuationSettings Settings)
{
    /// <summary>What a user may write, for help texts.</summary>
    public const string Grammar = "default, kaiming, he, or fluctuation with settings after a colon, joined by commas: sigma=1 or xi=2 (and mu=0), nu=layer|input|HZ, distribution=normal|uniform|exponential|lognormal, " +
        "centre=true, calibrate=deviation|HZ, alpha=0.9, split=false, connectivity=1, active=true, binned=true";

    /// <summary>Reads a recipe.</summary>
    /// <param name="text">As <see cref="Grammar"/> says.</param>
    /// <param name="stepSeconds">dt, s; 1 for networks of one step, whose rates are shares.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <exception cref="ArgumentException">The text is no recipe; the message says what is.</exception>
    public static InitializationRecipe Parse(string text, double stepSeconds, int seed)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] parts = text.Split(':', 2);
        if (!Enum.GetNames<InitializationKind>().Contains(parts[0], StringComparer.OrdinalIgnoreCase))
        {
            throw new ArgumentException($"\"{parts[0]}\" is no initialisation; known are {Grammar}.");
        }

        InitializationKind kind = Enum.Parse<InitializationKind>(parts[0], ignoreCase: true);
        var settings = new FluctuationSettings { StepSeconds = stepSeconds, Seed = seed, ActiveOnly = stepSeconds == 1 };
        Dictionary<string, string> given = Pairs(parts.Length > 1 ? parts[1] : "");
        if (kind != InitializationKind.Fluctuation && given.Count > 0)
        {
            throw new ArgumentException($"{parts[0]} takes no settings.");
        }

        double mu = Take(given, "mu", 0), sigma = Take(given, "sigma", 1 - mu), xi = Take(given, "xi", double.NaN);
        settings = settings with
        {
            Targets = double.IsNaN(xi) ? new FluctuationTargets(mu, Guard.Above(sigma, 0.0)) : FluctuationTargets.OfXi(mu, xi),
            FeedforwardShare = Take(given, "alpha", settings.FeedforwardShare),
            Connectivity = Take(given, "connectivity", settings.Connectivity),
            CentreRows = Flag(given, "centre", settings.CentreRows),
            ActiveOnly = Flag(given, "active", settings.ActiveOnly),
            SplitVariance = Flag(given, "split", settings.SplitVariance),
            BinnedInputs = Flag(given, "binned", settings.BinnedInputs),
        };
        settings = Rate(given, Distribution(given, Calibration(given, settings)));
        return given.Count == 0
            ? new InitializationRecipe(kind, settings)
            : throw new ArgumentException($"fluctuation has no setting \"{given.Keys.First()}\"; it takes {Grammar}.");
    }

    /// <summary>Starts a network over.</summary>
    /// <param name="module">Its weights are replaced in place.</param>
    /// <param name="batch">Real inputs, shape [N,T,C,H,W]; only fluctuation-driven starts look at them.</param>
    public void Apply(GraphModule module, Tensor batch)
    {
        ArgumentNullException.ThrowIfNull(module);
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        foreach ((string name, WeightTensor drawn) in UniformInitialization.Draw(module.Graph, Settings.Seed))   // also where others leave a tensor alone
        {
            module.Tensors[name].copy_(tensor(drawn.Values, module.Tensors[name].shape));
        }

        if (Kind == InitializationKind.Fluctuation)
        {
            FluctuationInitialization.Apply(module, batch, Settings);
        }
        else if (Kind != InitializationKind.Default)
        {
            DrawNormal(module, Kind == InitializationKind.He ? Math.Sqrt(2) : 1);
        }
    }

    private void DrawNormal(GraphModule module, double gain)
    {
        var random = new Random(Settings.Seed);
        foreach (GraphParameter parameter in module.Graph.Parameters.Where(parameter => parameter.FanIn > 0))
        {
            var values = new float[parameter.Count];
            WeightDraws.Fill(random, values, WeightDistribution.Normal, new WeightMoments(0, gain / Math.Sqrt(parameter.FanIn)));
            module.Tensors[parameter.Name].copy_(tensor(values, module.Tensors[parameter.Name].shape));
        }
    }

    private static FluctuationSettings Rate(Dictionary<string, string> given, FluctuationSettings settings) => given.Remove("nu", out string? nu)
        ? nu switch
        {
            "layer" => settings with { Rate = PresynapticRate.PerLayer },
            "input" => settings with { Rate = PresynapticRate.FromInput },
            _ => settings with { Rate = PresynapticRate.Global, GlobalRateHz = Number("nu", nu) },
        }
        : settings;

    private static FluctuationSettings Calibration(Dictionary<string, string> given, FluctuationSettings settings) => given.Remove("calibrate", out string? calibrate)
        ? calibrate == "deviation"
            ? settings with { Calibration = FluctuationCalibration.Deviation }
            : settings with { Calibration = FluctuationCalibration.Rate, RateHz = Number("calibrate", calibrate) }
        : settings;

    private static FluctuationSettings Distribution(Dictionary<string, string> given, FluctuationSettings settings) => !given.Remove("distribution", out string? name) ? settings
        : Enum.TryParse(name, ignoreCase: true, out WeightDistribution distribution) && Enum.IsDefined(distribution) ? settings with { Distribution = distribution }
        : throw new ArgumentException($"\"{name}\" is no distribution of weights; known are {string.Join(", ", Enum.GetNames<WeightDistribution>()).ToLowerInvariant()}.");

    private static Dictionary<string, string> Pairs(string text)
    {
        var pairs = new Dictionary<string, string>();
        foreach (string pair in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string[] sides = pair.Split('=');
            if (sides.Length != 2 || !pairs.TryAdd(sides[0].ToLowerInvariant(), sides[1].ToLowerInvariant()))
            {
                throw new ArgumentException($"\"{pair}\" is no setting of an initialisation: each is NAME=VALUE, once.");
            }
        }

        return pairs;
    }

    private static double Take(Dictionary<string, string> given, string name, double otherwise) => given.Remove(name, out string? text) ? Number(name, text) : otherwise;

    private static bool Flag(Dictionary<string, string> given, string name, bool otherwise) => !given.Remove(name, out string? text) ? otherwise
        : bool.TryParse(text, out bool flag) ? flag
        : throw new ArgumentException($"{name}={text}: take true or false.");

    private static double Number(string name, string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value)
        ? value
        : throw new ArgumentException($"{name}={text} is no number.");
}
