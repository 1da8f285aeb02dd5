using System.Text.Json;
using StereoSpike.Files;
using StereoSpike.Ingest;
using StereoSpike.Model;
using StereoSpike.Readout;

namespace StereoSpike.Training;

/// <summary>Trains variants of a network one after another on the same samples and scores each on test scenes that none has seen.</summary>
/// <remarks>Each run has a folder of its own, is resumed where it stopped, and is not done again once its <c>score.json</c> is there. Weights are chosen on the validation part, never on the test scenes.</remarks>
public sealed class AblationStudy
{
    private const string ScoreFile = "score.json";
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals };
    private readonly TrainingSettings _settings;
    private readonly TrainingSet _training, _validation, _test;
    private readonly string _folder;

    /// <summary>Prepares a study.</summary>
    /// <param name="settings">The network unchanged, and how it is trained.</param>
    /// <param name="training">Samples to learn from.</param>
    /// <param name="validation">Samples to choose weights by.</param>
    /// <param name="test">Samples to be judged by.</param>
    /// <param name="folder">Where the runs' folders belong.</param>
    public AblationStudy(TrainingSettings settings, TrainingSet training, TrainingSet validation, TrainingSet test, string folder)
    {
        (_settings, _training, _validation, _test, _folder) = (settings, training, validation, test, folder);
    }

    /// <summary>Trains and scores one variant, or reads the score of a run that is done.</summary>
    /// <param name="variant">The variant.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="progress">Told the steps done.</param>
    /// <param name="cancellation">Stops after the step under way; the run can be taken up again.</param>
    /// <exception cref="InvalidDataException">A file of the run is damaged.</exception>
    public AblationScore Run(AblationVariant variant, int seed, IWorkProgress? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(variant);
        string folder = Path.Combine(_folder, $"{variant.Name}-seed{seed}"), done = Path.Combine(folder, ScoreFile);
        if (File.Exists(done))
        {
            return Read(done);
        }

        TrainingSettings settings = variant.Apply(_settings) with { Seed = seed };
        string last = Path.Combine(folder, Trainer.LastCheckpoint);
        double seconds;
        using (Trainer trainer = File.Exists(last)
            ? Trainer.Resume(Checkpoint.Load(last), _training, _validation, folder, progress)
            : Trainer.Start(settings, _training, _validation, folder, progress))
        {
            seconds = trainer.Run(cancellation)?.Seconds ?? Checkpoint.Load(last).Seconds;
        }

        AblationScore score = Score(variant, seed, folder, seconds);
        WholeFile.WriteText(done, JsonSerializer.Serialize(score, Json));
        return score;
    }

    /// <summary>How the two answers that look at no event do on the test scenes: the best constant depth, chosen on their own truth, and the training set's mean depth map.</summary>
    public (DepthReport Constant, DepthReport MeanDepth) Baselines()
    {
        var settings = new DepthErrorSettings { FocalBaselinePxMetres = _test[0].FocalBaselinePxMetres };
        var constant = new ConstantDepth(settings);
        var mean = new MeanDepth(_test[0].Truth.Sensor);
        for (int i = 0; i < _training.Count; i++)
        {
            mean.Add(_training[i].Truth);
        }

        for (int i = 0; i < _test.Count; i++)
        {
            constant.Add(_test[i].Truth);
        }

        DepthMap meanMap = mean.ToMap(), constantMap = ConstantDepth.Map(meanMap.Sensor, constant.LeastDepthErrorMetres);
        DepthErrors constantErrors = new(settings), meanErrors = new(settings);
        for (int i = 0; i < _test.Count; i++)
        {
            DepthMap truth = _test[i].Truth;
            constantErrors.Add(constantMap, truth);
            meanErrors.Add(meanMap, truth);
        }

        return (constantErrors.Report(), meanErrors.Report());
    }

    private AblationScore Score(AblationVariant variant, int seed, string folder, double seconds)
    {
        string path = Path.Combine(folder, Trainer.BestWeights);
        StereoSpikeWeights weights = StereoSpikeWeights.Load(path);
        using var module = new GraphModule(StereoSpikeNetwork.Build(weights.Settings), weights.Tensors, path);
        IStereoEncoder encoder = EncoderCatalogue.Create(weights.Settings.Encoder);
        Validation test = Validation.Score(module, weights.Settings, encoder, _test, Ranks.Alone), seen = Validation.Score(module, weights.Settings, encoder, _training.Spread(_test.Count), Ranks.Alone);
        return new AblationScore(
            variant.Name, seed, test.All.MeanDepthErrorCm, test.AtEvents.MeanDisparityErrorPx, test.AtEvents.OnePixelAccuracy, test.FiringRate, seen.All.MeanDepthErrorCm,
            module.Graph.Parameters.Where(parameter => parameter.IsLearned).Sum(parameter => parameter.Count), seconds);
    }

    private static AblationScore Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<AblationScore>(File.ReadAllText(path), Json) ?? throw new JsonException("empty");
        }
        catch (JsonException cause)
        {
            throw BadFile.Error(path, "", $"is no score ({cause.Message})", "Delete it; the run is then scored again.", cause);
        }
    }
}
