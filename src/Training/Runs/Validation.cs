using StereoSpike.Ingest;
using StereoSpike.Model;
using StereoSpike.Readout;
using TorchSharp;
using static TorchSharp.torch;

namespace StereoSpike.Training;

/// <summary>How a network does on samples it did not learn from.</summary>
/// <param name="All">Errors over all pixels whose depth is known.</param>
/// <param name="AtEvents">Errors over pixels with left events.</param>
/// <param name="FiringRate">Mean over all neurons, 0..1.</param>
/// <param name="LowestLayerRate">Of the quietest firing layer, 0..1.</param>
/// <param name="Layers">Activity of each layer of neurons and each sum.</param>
/// <param name="Examples">The best, the median and the worst prediction by their images' mean depth errors; fewer where there are fewer samples.</param>
internal sealed record Validation(DepthReport All, DepthReport AtEvents, double FiringRate, double LowestLayerRate, IReadOnlyList<LayerFigures> Layers, IReadOnlyList<Example> Examples)
{
    /// <summary>What the best weights have least of: the error that the loss is about.</summary>
    public double Criterion(TrainingSettings settings) => settings.Loss == LossKind.Paper || settings.Network.Unit != DepthUnit.DisparityPx
        ? All.MeanDepthErrorCm
        : ((1 - settings.BackgroundWeight) * AtEvents.MeanDisparityErrorPx) + (settings.BackgroundWeight * All.MeanDisparityErrorPx);

    /// <summary>Scores a network on at least one sample.</summary>
    public static Validation Score(GraphModule module, StereoSpikeSettings network, IStereoEncoder encoder, TrainingSet samples)
    {
        double focalBaseline = samples[0].FocalBaselinePxMetres;
        var all = new DepthErrors(new DepthErrorSettings { FocalBaselinePxMetres = focalBaseline });
        var atEvents = new DepthErrors(new DepthErrorSettings { FocalBaselinePxMetres = focalBaseline, Weighting = PixelWeighting.WhereEvents });
        var rates = new FiringRates(module.Graph);
        var activity = new LayerActivity(module.Graph);
        var errors = new List<(double Metres, int Sample)>();
        using IDisposable noGradient = no_grad();
        for (int i = 0; i < samples.Count; i++)
        {
            using DisposeScope scope = NewDisposeScope();
            LabelledWindow sample = samples[i];
            Batch batch = Batch.Of([sample], encoder, network);
            using GraphRun run = module.Run(Input(batch, network));
            DepthMap prediction = Depth(run, network, sample);
            errors.Add((all.Add(prediction, sample.Truth, batch.LeftEvents), i));
            atEvents.Add(prediction, sample.Truth, batch.LeftEvents);
            rates.Add(run);
            activity.Add(run);
        }

        return new Validation(all.Report(), atEvents.Report(), rates.Mean, rates.Lowest, activity.Figures, Choose(errors, i => Predict(module, network, encoder, samples[i])));
    }

    /// <summary>The ends and the middle of the order of errors; a second pass over three samples, so that the first need not keep every prediction.</summary>
    private static Example[] Choose(List<(double Metres, int Sample)> errors, Func<int, Example> predict)
    {
        int[] order = [.. errors.Where(error => !double.IsNaN(error.Metres)).Order().Select(error => error.Sample)];
        (string Rank, int Place)[] ranks = order.Length switch
        {
            0 => [],
            1 => [("median", 0)],
            2 => [("best", 0), ("worst", 1)],
            _ => [("best", 0), ("median", (order.Length - 1) / 2), ("worst", order.Length - 1)],
        };
        return [.. ranks.Select(rank => predict(order[rank.Place]) with { Rank = rank.Rank })];
    }

    private static Example Predict(GraphModule module, StereoSpikeSettings network, IStereoEncoder encoder, LabelledWindow sample)
    {
        using DisposeScope scope = NewDisposeScope();
        using GraphRun run = module.Run(Input(Batch.Of([sample], encoder, network), network));
        var events = new SpikeFrame(2, network.Sensor);
        foreach (DvsEvent e in sample.Window.Left.Span)
        {
            events.Values[((e.Polarity == Polarity.On ? 0 : network.Sensor.Height) + e.Y) * network.Sensor.Width + e.X]++;
        }

        return new Example("", sample.Name, events, sample.Truth, Depth(run, network, sample));
    }

    private static Tensor Input(Batch batch, StereoSpikeSettings network) => tensor(batch.Input, [1, network.InputChannels, network.Height, network.Width]);

    private static DepthMap Depth(GraphRun run, StereoSpikeSettings network, LabelledWindow sample)
    {
        float[] potentials = run.Potentials[StereoSpikeNetwork.Readout][^1].data<float>().ToArray();
        return new DepthReadout(network, sample.FocalBaselinePxMetres).Read(potentials);
    }
}
