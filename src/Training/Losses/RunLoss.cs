using StereoSpike.Model;
using StereoSpike.Readout;
using TorchSharp;
using static TorchSharp.torch;

namespace StereoSpike.Training;

/// <summary>The loss that a run's settings ask for, with all of its terms.</summary>
internal static class RunLoss
{
    /// <summary>Works the loss of a batch out.</summary>
    /// <param name="settings">The run's settings.</param>
    /// <param name="graph">The network.</param>
    /// <param name="run">What it made of the batch's input.</param>
    /// <param name="batch">The batch: this rank's share of it.</param>
    /// <param name="sumOverBatch">Adds the other ranks' shares to sums over this one, shape [K]; null where there are none.</param>
    /// <returns>A scalar, the loss of the whole batch.</returns>
    public static Tensor Of(TrainingSettings settings, NetworkGraph graph, GraphRun run, Batch batch, Func<Tensor, Tensor>? sumOverBatch)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor truth = tensor(batch.Truth, [batch.Size, 1, settings.Network.Height, settings.Network.Width]);
        IReadOnlyList<Tensor> readouts = run.Potentials[StereoSpikeNetwork.Readout];
        Tensor loss = settings.Loss == LossKind.Paper
            ? PaperLoss.Of(readouts, truth, sumOverBatch)
            : EventWeightedLoss.Of(readouts, truth, tensor(batch.LeftEvents, truth.shape), settings.BackgroundWeight, settings.EdgeWeight, sumOverBatch);
        if (settings.PenaltyWeight > 0)
        {
            loss = loss + (settings.PenaltyWeight * ActivityLoss.Penalty(run, StereoSpikeNetwork.PenalisedNodes, sumOverBatch));
        }

        if (settings.LayerPenalties.Count > 0)
        {
            loss = loss + ActivityLoss.Penalty(run, settings.LayerPenalties, sumOverBatch);
        }

        if (settings.TargetRate > 0)
        {
            loss = loss + (settings.TargetRateWeight * ActivityLoss.AboveTarget(run, graph, settings.TargetRate, sumOverBatch));
        }

        if (settings.RateFloorWeight > 0)
        {
            loss = loss + (settings.RateFloorWeight * ActivityLoss.RateFloor(run, graph, settings.RateFloor, sumOverBatch));
        }

        return loss.MoveToOuterDisposeScope();
    }
}
