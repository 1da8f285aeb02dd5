using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using StereoSpike.Model;
using StereoSpike.Readout;

namespace StereoSpike.Training;

/// <summary>Which loss is minimised.</summary>
public enum LossKind
{
    /// <summary><see cref="EventWeightedLoss"/>.</summary>
    EventWeighted,

    /// <summary><see cref="PaperLoss"/>.</summary>
    Paper,
}

/// <summary>How the learning rate falls.</summary>
public enum ScheduleKind
{
    /// <summary>Times a factor at each of a list of epochs (the paper).</summary>
    Milestones,

    /// <summary>Constant, then straight down to 2 % over the last 40 % of the run.</summary>
    LinearTail,
}

/// <summary>Everything that decides a training run, and is stored in its checkpoint: the same settings, data and threads give the same weights.</summary>
public sealed record TrainingSettings
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
    };

    /// <summary>The start that draws uniform weights and scales each layer to <see cref="InitialRate"/>: <see cref="RateScaling"/>.</summary>
    public const string ScaledRates = "rates";

    /// <summary>The one group whose names are the network's own: those of its layers.</summary>
    private const string LayerPenaltiesKey = "layer_penalties";

    /// <summary>The network.</summary>
    public StereoSpikeSettings Network { get; init; } = new();

    /// <summary>Seed of weights, order and augmentation.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Passes over the data, at least 1.</summary>
    public int Epochs { get; init => field = Guard.AtLeast(value, 1); } = 30;

    /// <summary>Samples a step, N, at least 1.</summary>
    public int BatchSize { get; init => field = Guard.AtLeast(value, 1); } = 1;

    /// <summary>Batches whose gradients are summed up before a step, at least 1: the step of a batch as many times as large, in the memory of one.</summary>
    public int AccumulatedBatches { get; init => field = Guard.AtLeast(value, 1); } = 1;

    /// <summary>Stop after so many epochs without a better validation score; 0 to go on to the end.</summary>
    public int PatienceEpochs { get; init => field = Guard.AtLeast(value, 0); }

    /// <summary>Adam's learning rate, greater than 0.</summary>
    public double LearningRate { get; init => field = Guard.Above(value, 0.0); } = 2e-4;

    /// <summary>How it falls.</summary>
    public ScheduleKind Schedule { get; init; } = ScheduleKind.Milestones;

    /// <summary>Epochs, 0-based, from which the rate is multiplied by <see cref="MilestoneFactor"/>.</summary>
    public IReadOnlyList<int> Milestones { get; init; } = [8, 42, 60];

    /// <summary>What the rate is multiplied by at a milestone, in (0, 1].</summary>
    public double MilestoneFactor { get; init => field = Guard.Within(Guard.Above(value, 0.0), 0.0, 1.0); } = 0.5;

    /// <summary>Largest joint norm of the gradients; 0 for no bound.</summary>
    public double ClipNorm { get; init => field = Guard.AtLeast(value, 0.0); }

    /// <summary>Decay of the running average of the weights that is validated and kept in their place (<see cref="WeightAverage"/>), in [0, 1); 0 for none.</summary>
    public double AverageDecay { get; init => field = value >= 0 && value < 1 ? value : throw new ArgumentOutOfRangeException(nameof(AverageDecay), $"must be at least 0 and less than 1; it is {value}."); }

    /// <summary>The loss.</summary>
    public LossKind Loss { get; init; } = LossKind.EventWeighted;

    /// <summary>b of <see cref="EventWeightedLoss"/>: weight of pixels without events, 0..1.</summary>
    public float BackgroundWeight { get; init => field = Guard.Within(value, 0f, 1f); } = 0.1f;

    /// <summary>e of <see cref="EventWeightedLoss"/>: weight of the edge term, at least 0; 0 where the truth is sparse.</summary>
    public float EdgeWeight { get; init => field = Guard.AtLeast(value, 0f); } = 0.15f;

    /// <summary>β, weight of the spike penalty; 0.5 in the paper's penalised network.</summary>
    public float PenaltyWeight { get; init => field = Guard.AtLeast(value, 0f); }

    /// <summary>A weight of its own for Σ s² / (2 · number of elements) of a neuron layer or sum, by its name, on top of <see cref="PenaltyWeight"/>'s five; at least 0 each.</summary>
    public IReadOnlyDictionary<string, float> LayerPenalties
    {
        get;
        init => field = value.Values.All(weight => weight >= 0) ? value : throw new ArgumentOutOfRangeException(nameof(LayerPenalties), "A layer's penalty weight must be at least 0.");
    } = new Dictionary<string, float>();

    /// <summary>Mean firing rate above which the network pays (<see cref="ActivityLoss.AboveTarget"/>), in [0, 1]; 0 for none.</summary>
    public float TargetRate { get; init => field = Guard.Within(value, 0f, 1f); }

    /// <summary>Weight of paying for more than <see cref="TargetRate"/>, at least 0.</summary>
    public float TargetRateWeight { get; init => field = Guard.AtLeast(value, 0f); } = 0.3f;

    /// <summary>Weight of the rate floor; 0 for none.</summary>
    public float RateFloorWeight { get; init => field = Guard.AtLeast(value, 0f); } = 0.1f;

    /// <summary>Firing rate below which a layer pays, in (0, 1].</summary>
    public float RateFloor { get; init => field = Guard.Within(Guard.Above(value, 0f), 0f, 1f); } = 0.03f;

    /// <summary>Firing rate of the first layer that the start is scaled to, in (0, 1).</summary>
    public float InitialBottomRate { get; init => field = Guard.Within(value, 0.001f, 0.9f); } = 0.05f;

    /// <summary>Firing rate of all other layers that the start is scaled to, in (0, 1).</summary>
    public float InitialRate { get; init => field = Guard.Within(value, 0.001f, 0.9f); } = 0.10f;

    /// <summary>How weights start: <see cref="ScaledRates"/>, or an <see cref="InitializationRecipe"/>.</summary>
    /// <exception cref="ArgumentException">Set to what is no recipe.</exception>
    public string Initialization
    {
        get;
        init
        {
            if (value != ScaledRates)
            {
                InitializationRecipe.Parse(value, stepSeconds: 1, seed: 1);
            }

            field = value;
        }
    }
        = ScaledRates;

    /// <summary>Weights file to start from, in place of a drawn and scaled start; null for none. Its network must be this one's.</summary>
    public string? InitialWeights { get; init; }

    /// <summary>Bits that weights are rounded to in every pass while the real ones learn, 2 to 16; null to train in float alone. The best weights are saved rounded.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set outside 2 to 16.</exception>
    public int? WeightBits { get; init => field = value is { } bits ? Guard.Within(bits, 2, 16) : null; }

    /// <summary>Folders and files the run reads, so that a resumed run finds them again.</summary>
    public IReadOnlyList<string> Data { get; init; } = [];

    /// <summary>Samples of the batch that the start is scaled on, at least 1.</summary>
    public int ScalingSamples { get; init => field = Guard.AtLeast(value, 1); } = 8;

    /// <summary>How samples are varied.</summary>
    public AugmentationSettings Augmentation { get; init; } = new();

    /// <summary>Every how many labels of a recording one is taken, at least 1.</summary>
    public int LabelStride { get; init => field = Guard.AtLeast(value, 1); } = 1;

    /// <summary>Share of the recordings, 0..0.9, that are kept for validation: the last ones in the order of their names. With a single recording, its last labels.</summary>
    public double ValidationShare { get; init => field = Guard.Within(value, 0.0, 0.9); } = 0.1;

    /// <summary>Validate on at most so many samples, evenly spread.</summary>
    public int ValidationSamples { get; init => field = Guard.AtLeast(value, 1); } = 200;

    /// <summary>As JSON, snake_case.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>Reads what <see cref="ToJson"/> wrote; what is left out takes its default.</summary>
    /// <param name="json">The text.</param>
    /// <param name="source">What messages call the file it came from.</param>
    /// <exception cref="InvalidDataException">It is not such a text, or a value is out of range.</exception>
    public static TrainingSettings FromJson(string json, string source)
    {
        try
        {
            return JsonSerializer.Deserialize<TrainingSettings>(json, Json) ?? throw new JsonException("empty");
        }
        catch (Exception cause) when (cause is JsonException or ArgumentException)
        {
            throw Files.BadFile.Error(source, "training settings", $"cannot be used ({cause.Message})", "Compare with the settings.json that a run writes.", cause);
        }
    }

    /// <summary>These settings with one of them changed, named as in <see cref="ToJson"/>'s text.</summary>
    /// <param name="assignment">A name and a value, such as <c>clip_norm=1</c>, <c>network.tau_steps=2</c>, <c>milestones=[10,20]</c> or <c>schedule=milestones</c>.</param>
    /// <exception cref="ArgumentException">It is no such text, or there is no such setting; the message names those that there are.</exception>
    /// <exception cref="InvalidDataException">The value is not of the setting's kind, or out of range.</exception>
    public TrainingSettings With(string assignment)
    {
        ArgumentNullException.ThrowIfNull(assignment);
        string[] pair = assignment.Split('=', 2);
        string[] path = pair[0].Split('.');
        JsonNode settings = JsonNode.Parse(ToJson())!;
        JsonNode? group = settings;
        foreach (string name in path[..^1])
        {
            group = (group as JsonObject)?[name];
        }

        if (pair.Length != 2 || group is not JsonObject target)
        {
            throw new ArgumentException($"\"{assignment}\" names no setting; write NAME=VALUE with a name as in a run's settings.json, such as clip_norm=1 or network.tau_steps=2.");
        }

        if (!target.ContainsKey(path[^1]) && path is not [LayerPenaltiesKey, _])
        {
            throw new ArgumentException($"\"{assignment}\": there is no setting {path[^1]}; beside it there are {string.Join(", ", target.Select(setting => setting.Key))}.");
        }

        target[path[^1]] = ValueOf(pair[1]);
        return FromJson(settings.ToJsonString(), assignment);
    }

    private static JsonNode? ValueOf(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return text;   // a word, such as milestones, needs no quotation marks
        }
    }

    /// <summary>The learning rate at a point of the run.</summary>
    /// <param name="epoch">Epoch, 0-based.</param>
    /// <param name="progress">Share of the whole run that is done, 0..1.</param>
    public double LearningRateAt(int epoch, double progress) => Schedule switch
    {
        ScheduleKind.LinearTail => LearningRate * (1 - (0.98 * Math.Clamp((progress - 0.6) / 0.4, 0, 1))),
        _ => LearningRate * Math.Pow(MilestoneFactor, Milestones.Count(milestone => epoch >= milestone)),
    };
}
