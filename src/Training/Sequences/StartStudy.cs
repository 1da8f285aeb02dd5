using System.Diagnostics;
using StereoSpike.Model;
using StereoSpike.Readout;
using TorchSharp;
using static TorchSharp.torch;

namespace StereoSpike.Training;

/// <summary>Trains one network on one task from several starts: what a start is worth. No start is chosen by a score, and the test samples are looked at once, after the last epoch.</summary>
public sealed class StartStudy
{
    private readonly NetworkGraph _graph;
    private readonly SpikeTimeSet _training, _test;
    private readonly StartStudySettings _settings;

    /// <summary>Prepares a study.</summary>
    /// <param name="graph">The network; its answer is <see cref="CurrentBasedNetwork.Readout"/>.</param>
    /// <param name="training">Samples to start and to learn from.</param>
    /// <param name="test">Samples to be judged by.</param>
    /// <param name="settings">How it trains.</param>
    public StartStudy(NetworkGraph graph, SpikeTimeSet training, SpikeTimeSet test, StartStudySettings settings)
    {
        (_graph, _training, _test, _settings) = (graph, training, test, settings);
    }

    /// <summary>Starts, trains and scores a network.</summary>
    /// <param name="initialization">An <see cref="InitializationRecipe"/>.</param>
    /// <param name="seed">Of the weights and of the order of the samples.</param>
    /// <param name="epochDone">Told the passes done, priming included.</param>
    /// <param name="cancellation">Stops between passes.</param>
    /// <exception cref="ArgumentException">The text is no recipe, or its target cannot be reached on these samples.</exception>
    /// <exception cref="InvalidDataException">A layer cannot be brought to the wanted rate, or the loss stopped being a number.</exception>
    public StartScore Run(string initialization, int seed, Action<int>? epochDone = null, CancellationToken cancellation = default)
    {
        InitializationRecipe recipe = InitializationRecipe.Parse(initialization, _settings.StepSeconds, seed);
        using var module = new GraphModule(_graph, UniformInitialization.Draw(_graph, seed));
        using DisposeScope scope = NewDisposeScope();
        Tensor batch = _training.Spread(_settings.StartSamples);
        long started = Stopwatch.GetTimestamp();
        recipe.Apply(module, batch);
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;

        using var learning = new SequenceLearning(module, CurrentBasedNetwork.Readout, _settings.Learning with { Seed = seed });
        int passes = 0;
        for (int epoch = -_settings.PrimingEpochs; epoch < 0; epoch++)
        {
            Pass(() => learning.Prime(_training, epoch));
        }

        InitializationReport report = InitializationReport.Measure(module, batch, _settings.StepSeconds, activeOnly: false);
        batch.Dispose();
        var losses = new List<double>();
        for (int epoch = 0; epoch < _settings.Epochs; epoch++)
        {
            Pass(() => losses.Add(learning.Epoch(_training, epoch)));
        }

        return new StartScore(initialization, seed, report, losses, learning.Accuracy(_test, _test.Count), learning.Accuracy(_training, _test.Count), seconds, learning.Seconds);

        void Pass(Action pass)
        {
            cancellation.ThrowIfCancellationRequested();
            pass();
            epochDone?.Invoke(++passes);
        }
    }
}
