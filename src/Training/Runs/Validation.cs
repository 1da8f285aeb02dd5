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
internal sealed record Validation(DepthReport All, DepthReport AtEvents, double FiringRate, double LowestLayerRate, IReadOnlyList<LayerFigures> Layers)
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
        using IDisposable noGradient = no_grad();
        for (int i = 0; i < samples.Count; i++)
        {
            using DisposeScope scope = NewDisposeScope();
            LabelledWindow sample = samples[i];
            Batch batch = Batch.Of([sample], encoder, network);
            using GraphRun run = module.Run(tensor(batch.Input, [1, network.InputChannels, network.Height, network.Width]));
            float[] potentials = run.Potentials[StereoSpikeNetwork.Readout][^1].data<float>().ToArray();
            DepthMap prediction = new DepthReadout(network, sample.FocalBaselinePxMetres).Read(potentials);
            all.Add(prediction, sample.Truth, batch.LeftEvents);
            atEvents.Add(prediction, sample.Truth, batch.LeftEvents);
            rates.Add(run);
            activity.Add(run);
        }

        return new Validation(all.Report(), atEvents.Report(), rates.Mean, rates.Lowest, activity.Figures);
    }
}
