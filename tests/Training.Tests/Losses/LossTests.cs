using StereoSpike.Model;
using StereoSpike.Readout;
using TorchSharp;
using static TorchSharp.torch;

namespace StereoSpike.Training.Tests.Losses;

[Collection(nameof(OneTorchThread))]
public class LossTests
{
    private const float Unknown = float.NaN;

    [Fact]
    public void The_papers_loss_of_a_single_known_pixel_is_its_edges()
    {
        // R = 0, 3, 0 / 0, 0, 0 / 0, 0, 0: only the pixel at row 0, column 1 is known, and R is 0 elsewhere before Sobel.
        // mean(R²) − mean(R)² = 9 − 9 = 0 (means over the one valid pixel). Sobel at that pixel: x: the centre column weighs 0; y: the centre row weighs 0.
        Assert.Equal(0f, Paper([5, 5, 5, 5, 5, 5, 5, 5, 5], [Unknown, 2, Unknown, Unknown, Unknown, Unknown, Unknown, Unknown, Unknown]));

        // Row 0: columns 0 and 1 known, R = 3 and 1. mean(R²) = 5, mean(R)² = 4.
        // Sobel x (rows 1 0 −1 / 2 0 −2 / 1 0 −1, centred on the middle row): at column 0: 2·(0) − 2·1 = −2; at column 1: 2·3 − 0 = 6.
        // Sobel y (rows 1 2 1 / 0 / −1 −2 −1): the rows above and below are 0: 0. Edges: (2 + 6)/2 = 4, times 0.5: 2.
        Assert.Equal(1f + 2f, Paper([5, 4, 9, 9, 9, 9, 9, 9, 9], [2, 3, Unknown, Unknown, Unknown, Unknown, Unknown, Unknown, Unknown]), 1e-6f);
    }

    [Fact]
    public void A_constant_offset_is_seen_only_at_the_border_and_at_edges_of_the_known()
    {
        // R = c on all of a 3×3 map, zero padding around: mean(R²) − mean(R)² = 0.
        // |Sobel x|: left and right columns 3c in the corners (2c + c inside the map), 4c in the middle row: 2·(3 + 4 + 3)·c = 20c; Sobel y the same: 40c over 9 pixels, halved: 20c/9.
        float[] truth = [1, 2, 3, 4, 5, 6, 7, 8, 9];

        Assert.Equal(20f / 9f, Paper([.. truth.Select(z => z + 1f)], truth), 1e-5f);
        Assert.Equal(0f, Paper(truth, truth));
    }

    [Fact]
    public void Inside_the_known_area_a_constant_offset_has_no_gradient()
    {
        // 7×7, all known, R = 0.5: pixels two or more from the border see neither term.
        using DisposeScope scope = NewDisposeScope();
        Tensor prediction = full([1, 1, 7, 7], 2.5f).requires_grad_(true);

        PaperLoss.Of([prediction], full([1, 1, 7, 7], 2f)).backward();

        float[] inside = prediction.grad![0, 0].narrow(0, 2, 3).narrow(1, 2, 3).contiguous().data<float>().ToArray();
        Assert.All(inside, gradient => Assert.Equal(0f, gradient, 1e-6f));
        Assert.True(prediction.grad!.abs().max().item<float>() > 0.01f);
    }

    [Fact]
    public void The_papers_loss_sums_over_the_readouts_and_is_nothing_without_truth()
    {
        float[] truth = [1, 2, 3, 4, 5, 6, 7, 8, 9];
        using DisposeScope scope = NewDisposeScope();
        Tensor off = Map([.. truth.Select(z => z + 1f)]), exact = Map(truth);

        Assert.Equal(2 * 20f / 9f, PaperLoss.Of([off, exact, off], Map(truth)).item<float>(), 1e-5f);
        Assert.Equal(0f, PaperLoss.Of([off], full([1, 1, 3, 3], Unknown)).item<float>());
    }

    [Fact]
    public void The_default_loss_weighs_events_one_background_b_and_unknown_nothing()
    {
        // Errors 0.5, 3, 1, 7 at: an event, background (b = 0.25), an event, unknown. smooth L1: 0.125, 2.5, 0.5.
        // (0.125 + 0.25·2.5 + 0.5) / (1 + 0.25 + 1) = 1.25/2.25 as the prediction; as a partial sum 0.3 of it.
        using DisposeScope scope = NewDisposeScope();
        Tensor prediction = tensor([0.5f, -3f, 1f, 7f], [1, 1, 2, 2]), truth = tensor([0f, 0f, 0f, Unknown], [1, 1, 2, 2]), events = tensor([1f, 0f, 5f, 2f], [1, 1, 2, 2]);

        Assert.Equal(1.25f / 2.25f, EventWeightedLoss.Of([prediction], truth, events, 0.25f).item<float>(), 1e-6f);
        Assert.Equal(1.3f * 1.25f / 2.25f, EventWeightedLoss.Of([prediction, prediction], truth, events, 0.25f).item<float>(), 1e-6f);
    }

    [Fact]
    public void Each_image_of_a_batch_weighs_the_same_however_many_events_it_has()
    {
        // Image 0: two events with error 2 (1.5 each): 1.5. Image 1: one event with error 1 (0.5): 0.5. Mean 1.
        using DisposeScope scope = NewDisposeScope();
        Tensor prediction = tensor([2f, 2f, 1f, 9f], [2, 1, 1, 2]), truth = zeros(2, 1, 1, 2), events = tensor([1f, 1f, 1f, 0f], [2, 1, 1, 2]);

        Assert.Equal(1f, EventWeightedLoss.Of([prediction], truth, events, 0f).item<float>(), 1e-6f);
    }

    [Fact]
    public void An_image_without_truth_costs_nothing_and_has_a_finite_gradient()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor prediction = ones(1, 1, 2, 2, requires_grad: true);
        Tensor loss = EventWeightedLoss.Of([prediction], full([1, 1, 2, 2], Unknown), ones(1, 1, 2, 2), 0.1f);
        loss.backward();

        Assert.Equal(0f, loss.item<float>());
        Assert.Equal(new float[4], prediction.grad!.data<float>().ToArray());
    }

    [Fact]
    public void The_penalty_is_half_the_mean_square_of_each_penalised_sum_and_the_floor_pays_for_silence()
    {
        // No event: every rate is 0, every layer pays 1 of 13, nothing is penalised. With weights of 1 and events everywhere all layers fire:
        // bottleneck 3 everywhere: 9/2; add4..add1 2 everywhere: 4/2 each: 4.5 + 8 = 12.5; nobody is under the floor.
        var settings = new StereoSpikeSettings { Width = 24, Height = 16, Channels = 1.0 / 64 };
        NetworkGraph graph = StereoSpikeNetwork.Build(settings);
        using var module = new GraphModule(graph, graph.Parameters.ToDictionary(parameter => parameter.Name, parameter => new WeightTensor(parameter.Shape, [.. Enumerable.Repeat(1f, parameter.Count)])));
        using DisposeScope scope = NewDisposeScope();

        GraphRun silent = module.Run(zeros(1, 4, 16, 24)), busy = module.Run(ones(1, 4, 16, 24));

        Assert.Equal((0f, 13f), (Penalty(silent), ActivityLoss.RateFloor(silent, graph, 0.03f).item<float>()));
        Assert.Equal((12.5f, 0f), (Penalty(busy), ActivityLoss.RateFloor(busy, graph, 0.03f).item<float>()));

        // A weight for each tensor: bottleneck's 9/2 taken twice and bottom's 1/2 once.
        Assert.Equal(9.5f, ActivityLoss.Penalty(busy, new Dictionary<string, float> { ["bottleneck"] = 2f, ["bottom"] = 1f }).item<float>());
        Assert.StartsWith("layer_penalties: the network has no spikes called top; it has bottom", Assert.Throws<ArgumentException>(() => ActivityLoss.Penalty(busy, new Dictionary<string, float> { ["top"] = 1f })).Message, StringComparison.Ordinal);

        // A rate of 1 is four times a target of 0.25: three too many.
        Assert.Equal((0f, 3f), (ActivityLoss.AboveTarget(silent, graph, 0.25f).item<float>(), ActivityLoss.AboveTarget(busy, graph, 0.25f).item<float>()));

        static float Penalty(GraphRun run) => ActivityLoss.Penalty(run, StereoSpikeNetwork.PenalisedNodes).item<float>();
    }

    private static float Paper(float[] prediction, float[] truth)
    {
        using DisposeScope scope = NewDisposeScope();
        return PaperLoss.Of([Map(prediction)], Map(truth)).item<float>();
    }

    private static Tensor Map(float[] values) => tensor(values, [1, 1, 3, 3]);
}
