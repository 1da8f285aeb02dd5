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

    /// <summary>Scores a network on at least one sample. Ranks predict in turn and all add up every prediction, in the samples' order: each has the same figures, to the bit, as one alone.</summary>
    public static Validation Score(GraphModule module, StereoSpikeSettings network, IStereoEncoder encoder, TrainingSet samples, Ranks ranks)
    {
        double focalBaseline = samples[0].FocalBaselinePxMetres;
        var all = new DepthErrors(new DepthErrorSettings { FocalBaselinePxMetres = focalBaseline });
        var atEvents = new DepthErrors(new DepthErrorSettings { FocalBaselinePxMetres = focalBaseline, Weighting = PixelWeighting.WhereEvents });
        var activity = new LayerActivity(module.Graph);
        var errors = new List<(double Metres, int Sample)>();
        using IDisposable noGradient = no_grad();
        for (int first = 0; first < samples.Count; first += ranks.Size)
        {
            int own = first + ranks.Rank;
            Answer mine = own < samples.Count ? Answer.Of(module, network, encoder, samples[own], activity) : Answer.Empty(network, activity);
            for (int i = first; i < Math.Min(first + ranks.Size, samples.Count); i++)
            {
                Answer answer = i == own ? mine : Answer.Empty(network, activity);
                ranks.Broadcast(answer.Potentials.AsSpan(), from: i - first);
                ranks.Broadcast(answer.Counts.AsSpan(), from: i - first);
                LabelledWindow sample = samples[i];
                DepthMap prediction = new DepthReadout(network, sample.FocalBaselinePxMetres).Read(answer.Potentials);
                float[] leftEvents = LeftEvents(sample);
                errors.Add((all.Add(prediction, sample.Truth, leftEvents), i));
                atEvents.Add(prediction, sample.Truth, leftEvents);
                activity.Add(answer.Counts, samples: 1);
            }
        }

        LayerFigures[] layers = [.. activity.Figures];
        LayerFigures[] neurons = [.. layers.Where(layer => layer.Fires)];
        return new Validation(
            all.Report(), atEvents.Report(), neurons.Sum(layer => layer.ActiveShare * layer.Elements) / neurons.Sum(layer => (double)layer.Elements),
            neurons.Select(layer => layer.ActiveShare).DefaultIfEmpty(double.NaN).Min(), layers, ranks.IsFirst ? Choose(errors, i => Predict(module, network, encoder, samples[i])) : []);
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
        var events = new SpikeFrame(2, network.Sensor);
        foreach (DvsEvent e in sample.Window.Left.Span)
        {
            events.Values[((e.Polarity == Polarity.On ? 0 : network.Sensor.Height) + e.Y) * network.Sensor.Width + e.X]++;
        }

        float[] potentials = Answer.Of(module, network, encoder, sample, new LayerActivity(module.Graph)).Potentials;
        return new Example("", sample.Name, events, sample.Truth, new DepthReadout(network, sample.FocalBaselinePxMetres).Read(potentials));
    }

    private static float[] LeftEvents(LabelledWindow sample)
    {
        float[] counts = new float[sample.Truth.Sensor.Pixels];
        foreach (DvsEvent e in sample.Window.Left.Span)
        {
            counts[(e.Y * sample.Truth.Sensor.Width) + e.X]++;
        }

        return counts;
    }

    /// <summary>What the network made of one sample.</summary>
    /// <param name="Potentials">Of the readout, shape [H,W].</param>
    /// <param name="Counts">Of its layers: <see cref="LayerActivity.Count"/>.</param>
    private sealed record Answer(float[] Potentials, double[] Counts)
    {
        public static Answer Of(GraphModule module, StereoSpikeSettings network, IStereoEncoder encoder, LabelledWindow sample, LayerActivity activity)
        {
            using DisposeScope scope = NewDisposeScope();
            Batch batch = Batch.Of([sample], encoder, network);
            using GraphRun run = module.Run(tensor(batch.Input, [1, network.InputChannels, network.Height, network.Width]));
            return new Answer(run.Potentials[StereoSpikeNetwork.Readout][^1].data<float>().ToArray(), activity.Count(run));
        }

        public static Answer Empty(StereoSpikeSettings network, LayerActivity activity) => new(new float[network.Sensor.Pixels], new double[activity.Counts]);
    }
}
